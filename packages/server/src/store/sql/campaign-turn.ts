import type { EventTurn, TurnWritten } from "../../ports/store/orchestrate.ts";
import { type CampaignSum, skippedPrefix } from "./campaign-sums.ts";

/** Gathered for a digest of the recipient's, which is no message of the campaign. */
const digest = "digest";

/** What a turn of a campaign adds to its sums: whom it looked at, and what was not sent, by reason. Nothing of any other event. */
export function sumsOfTurn(turn: EventTurn, { dropped, held }: TurnWritten): readonly CampaignSum[] {
  const { progressed, environmentId, eventId } = turn;
  if (progressed === undefined) return [];
  const values = new Map<string, number>([
    ["looked", progressed.looked],
    ["recipients", progressed.recipients],
  ]);
  const add = (reason: string) => values.set(skippedPrefix + reason, (values.get(skippedPrefix + reason) ?? 0) + 1);
  const lost = new Set(dropped);
  for (const { runId, outcome, reason } of turn.decisions)
    if ((outcome === "not_sent" || outcome === "not_started") && !lost.has(runId)) add(reason);
  for (const { gatherer, runId } of turn.joins) if (gatherer.workflow === "" && !lost.has(runId)) add(digest);
  for (const { runId, decision } of [...turn.dedupe, ...turn.throttles]) if (lost.delete(runId)) add(decision.reason);
  for (const { status, reason = "cap_reached" } of held) {
    if (status === "dropped") add(reason);
    if (status === "gathered") add(digest);
  }
  return [...values.keys()]
    .sort()
    .flatMap((metric) => ({ environmentId, eventId, metric, minute: 0, value: values.get(metric) ?? 0 }))
    .filter(({ value }) => value > 0);
}
