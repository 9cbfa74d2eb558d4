import type { Verdict } from "../../domain/policy/decide.ts";
import type { SendTime } from "../../domain/send-time.ts";
import type { NewMessage } from "../../ports/store/orchestrate.ts";
import type { Judged } from "./policy.ts";
import { ruleText, sentDecisions } from "./timing.ts";

interface Fault {
  state: Exclude<NewMessage["state"], "queued">;
  reason: string;
}

/** Why it does not go out, and what it is then; undefined where it does. */
export function faultOf(facts: {
  known: boolean;
  address: boolean;
  template: boolean;
  expired: boolean;
  verdict: Verdict | undefined;
}): Fault | undefined {
  if (facts.expired) return { state: "expired", reason: "expired" };
  if (!facts.known) return { state: "failed", reason: "recipient_unknown" };
  if (!facts.address) return { state: "failed", reason: "no_address" };
  if (facts.verdict?.outcome === "not_sent") return { state: "suppressed", reason: facts.verdict.reason };
  return facts.template ? undefined : { state: "failed", reason: "template_missing" };
}

/** What the message's row says of it at first. */
export function fateOf(
  fault: Fault | undefined,
  timing: SendTime,
  judged: Judged | undefined,
  { now, because }: { now: number; because: string },
): Pick<NewMessage, "state" | "dueAt" | "decisions"> {
  if (fault === undefined && timing.outcome !== "never") {
    const dueAt = timing.outcome === "deferred" ? timing.dueAt : now;
    return { state: "queued", dueAt, decisions: sentDecisions(because, timing, judged, now) };
  }
  if (fault === undefined) {
    const late = timing.outcome === "never" ? { reason: timing.reason, detail: ruleText(timing) } : {};
    const decisions = JSON.stringify([{ outcome: "not_sent", ...late, at: now }]);
    const isLate = timing.outcome === "never" && timing.reason.startsWith("expire");
    return { state: isLate ? "expired" : "failed", dueAt: null, decisions };
  }
  const isPolicy = judged?.verdict.outcome === "not_sent" && judged.verdict.reason === fault.reason;
  const rule = isPolicy ? { rule: judged.verdict.rule, versions: JSON.parse(judged.versions) } : {};
  const decisions = JSON.stringify([{ outcome: "not_sent", reason: fault.reason, ...rule, at: now }]);
  return { state: fault.state, dueAt: null, decisions };
}
