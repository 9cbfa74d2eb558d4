import type { DryRunOutcomeView } from "@tidings/contract/dry-runs";
import type { Preview } from "@tidings/contract/previews";
import { decisionWords } from "../../domain/policy/decision-words.ts";
import type { DryRunOutcome } from "../../ports/dry-run.ts";
import type { NewMessage } from "../../ports/store/orchestrate.ts";
import { decisionView, iso, isoOrNone, messageDecisions, orNone } from "../views.ts";

export function outcomeView(outcome: DryRunOutcome, preview: Preview | undefined): DryRunOutcomeView {
  if ("message" in outcome) return messageOutcome(outcome.message, outcome.isSuppressed, preview);
  const { recipient = "", step, channel, workflow: _, workflowVersion: __, ...made } = decisionView(outcome.decision);
  return { recipient, step, channel, sends: false, decisions: [made], text: made.text, at: made.at };
}

function messageOutcome(message: NewMessage, isSuppressed: boolean, preview: Preview | undefined): DryRunOutcomeView {
  const { origin, recipient, createdAt, dueAt, decisions: stored } = message;
  const { channel, workflow, step } = origin;
  const decisions = messageDecisions({ decisions: stored, channel, workflow });
  if (isSuppressed) {
    const held = { outcome: "not_sent", reason: "suppressed", rule: "suppression", detail: "", channel, workflow };
    const { outcome, reason, rule } = held;
    decisions.push({ outcome, reason, rule, text: decisionWords(held), at: iso(dueAt ?? createdAt) });
  }
  return {
    recipient,
    step: orNone(step),
    channel,
    sends: !isSuppressed,
    dueAt: isSuppressed ? undefined : isoOrNone(dueAt),
    decisions,
    text: decisions.map(({ text }) => text).join(". "),
    at: iso(createdAt),
    ...(preview === undefined ? {} : { preview }),
  };
}
