import type { DryRunGap, DryRunView } from "@tidings/contract/dry-runs";
import { limits } from "@tidings/contract/limits";
import { gapTexts } from "../../domain/dry-run-gaps.ts";
import { decisionWords } from "../../domain/policy/decision-words.ts";
import type { DryRunOutcome, DryRunPage } from "../../ports/dry-run.ts";
import { outcomeView } from "./outcome-view.ts";

type Total = DryRunView["totals"][number];

/** What a dry run has come to, page by page: the outcomes of the first recipients, and sums of all. */
export class Told {
  readonly outcomes: DryRunOutcome[] = [];
  readonly #shown = new Set<string>();
  readonly #totals = new Map<string, Total>();
  readonly #assumed = new Map<string, string>();
  readonly #notWeighed = new Set<DryRunGap>();

  take({ recipients, outcomes, assumed, notWeighed }: DryRunPage): void {
    for (const id of recipients.slice(0, limits.recipientsPerDryRun - this.#shown.size)) this.#shown.add(id);
    for (const { step, text } of assumed) this.#assumed.set(step, text);
    for (const gap of notWeighed) this.#notWeighed.add(gap);
    for (const outcome of outcomes) {
      const recipient = "message" in outcome ? outcome.message.recipient : outcome.decision.recipient;
      // What is of nobody is of the event, or of one of its topics.
      if (recipient === "" || this.#shown.has(recipient)) this.outcomes.push(outcome);
      const { channel, decisions } = outcomeView(outcome, undefined);
      for (const decision of decisions) this.#count(decision, channel);
    }
  }

  view(): Pick<DryRunView, "assumed" | "notWeighed" | "totals"> {
    return {
      assumed: [...this.#assumed].map(([step, text]) => ({ step, text })),
      notWeighed: [...this.#notWeighed].map((what) => ({ what, text: gapTexts[what] })),
      totals: [...this.#totals.values()].sort((a, b) => b.count - a.count),
    };
  }

  #count({ outcome, reason, rule }: Pick<Total, "outcome" | "reason" | "rule">, channel: string | undefined): void {
    const key = JSON.stringify([outcome, reason, rule, channel]);
    const known = this.#totals.get(key);
    if (known !== undefined) known.count += 1;
    else {
      const told = { outcome, reason, rule: rule ?? "", channel: channel ?? "", detail: "", workflow: "" };
      this.#totals.set(key, { outcome, reason, rule, channel, text: decisionWords(told), count: 1 });
    }
  }
}
