import { laneCode } from "../../sql/codes.ts";
import { takingTurns } from "../../sql/taking-turns.ts";
import type { Call } from "../context.ts";
import { dueByTenant, duePerKey } from "./due.ts";

/** No lease is written: a data directory has one owner, whose memory knows what it holds. */
export const dueEvents: Call<"dueEvents"> = (context, { lane, now, limit }) => {
  const values = [laneCode[lane]];
  const own = dueByTenant(context, { name: "event", id: "id", equal: "lane = ?" }, values, { now, rows: limit });
  const parts = dueByTenant(context, { name: "continuation", id: "event_id", equal: "lane = ?" }, values, {
    now,
    rows: limit,
  });
  return takingTurns([parts, own], limit);
};

export const dueRuns: Call<"dueRuns"> = (context, { lane, now, limit }) =>
  dueByTenant(context, { name: "run", id: "id", equal: "lane = ?" }, [laneCode[lane]], { now, rows: limit });

export const dueEffects: Call<"dueEffects"> = (context, { lane, now, limit, perKeyMax }) =>
  duePerKey(context, { name: "effect", id: "run_id", equal: "lane = ?", by: "key" }, [laneCode[lane]], {
    now,
    rows: limit,
    perKeyMax,
  }).map(({ id, key }) => ({ runId: id, key }));
