import type { Channel } from "@tidings/contract/words";
import { decisionWords } from "../../../domain/policy/decision-words.ts";
import type { DryRunResult } from "../../../ports/dry-run.ts";

const notSentOutcomes: ReadonlySet<string> = new Set(["not_sent", "not_started"]);

/** Sums of what dry runs come to. */
export class Tally {
  messages = 0;
  readonly channels = new Map<Channel, number>();
  readonly workflows = new Map<string, number>();
  readonly #notSent = new Map<string, number>();

  /** Gives the recipients to whom a message would go. */
  add({ outcomes, superseded }: Pick<DryRunResult, "outcomes" | "superseded">): ReadonlySet<string> {
    const reached = new Set<string>();
    // Whoever they would have gone to gets what took their place.
    for (const { origin } of superseded) {
      this.messages -= 1;
      one(this.channels, origin.channel, -1);
      one(this.workflows, origin.workflow, -1);
      one(this.#notSent, "superseded");
    }
    for (const outcome of outcomes) {
      if ("message" in outcome) {
        const { message, isSuppressed } = outcome;
        const { channel, workflow } = message.origin;
        if (isSuppressed || message.state !== "queued") {
          one(this.#notSent, isSuppressed ? "suppressed" : message.state);
          continue;
        }
        this.messages += 1;
        one(this.channels, channel);
        one(this.workflows, workflow);
        reached.add(message.recipient);
      } else if (notSentOutcomes.has(outcome.decision.outcome)) one(this.#notSent, outcome.decision.reason);
      else if (outcome.decision.outcome === "digest") one(this.#notSent, "digest");
    }
    return reached;
  }

  get notSent(): { reason: string; text: string; count: number }[] {
    return [...this.#notSent]
      .map(([reason, count]) => ({ reason, text: wordsOf(reason), count }))
      .sort((a, b) => b.count - a.count);
  }
}

function one<Key>(sums: Map<Key, number>, key: Key, by = 1): void {
  sums.set(key, (sums.get(key) ?? 0) + by);
}

const wordsOf = (reason: string): string =>
  reason === "digest"
    ? "Gathered for a digest that the recipient asked for, or that a cap leaves"
    : decisionWords({ outcome: "not_sent", reason, rule: "", detail: "", channel: "", workflow: "" });
