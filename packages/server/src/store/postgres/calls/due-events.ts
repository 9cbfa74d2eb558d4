import { laneCode } from "../../sql/codes.ts";
import { takingTurns } from "../../sql/taking-turns.ts";
import type { Call } from "../context.ts";
import { dueByTenant, duePerKey } from "../due/due.ts";
import { dueTables } from "../due/due-table.ts";

export const dueEvents: Call<"dueEvents"> = async (context, { lane, now, limit }) => {
  const look = { lane: laneCode[lane], channel: 0, now, rows: limit };
  const parts = await dueByTenant(context, dueTables.continuation, look);
  const own = await dueByTenant(context, dueTables.event, look);
  // What is left out is held by this process, and found again by its next look.
  return takingTurns([parts, own], limit);
};

export const dueRuns: Call<"dueRuns"> = (context, { lane, now, limit }) =>
  dueByTenant(context, dueTables.run, { lane: laneCode[lane], channel: 0, now, rows: limit });

export const dueEffects: Call<"dueEffects"> = async (context, { lane, now, limit, perKeyMax }) => {
  const look = { lane: laneCode[lane], channel: 0, now, rows: limit };
  const found = await duePerKey(context, dueTables.effect, look, perKeyMax);
  return found.map(({ id, key }) => ({ runId: id, key }));
};
