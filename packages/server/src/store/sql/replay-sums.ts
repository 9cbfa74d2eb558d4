import type { EventTurn } from "../../ports/store/orchestrate.ts";
import type { ReplayTurn } from "../../ports/store/replays.ts";
import { type CampaignSum, leftMetric } from "./campaign-sums.ts";

const minuteMs = 60_000;

/** What a turn of a replay adds to its sums, which are kept as a campaign's are: of all time, and by minute for the rate. */
export function sumsOfReplay(
  { environmentId, eventId, now }: Pick<EventTurn, "environmentId" | "eventId" | "now">,
  { events, sums }: ReplayTurn,
): readonly CampaignSum[] {
  const of = { environmentId, eventId };
  const all = sums.map(({ metric, value }) => ({ ...of, metric, minute: 0, value }));
  const left = { ...of, metric: leftMetric, minute: Math.floor(now / minuteMs), value: events.length };
  return [...all, left].filter(({ value }) => value > 0).sort((a, b) => (a.metric < b.metric ? -1 : 1));
}
