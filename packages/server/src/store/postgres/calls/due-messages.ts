import { ofOtherValues } from "../../sql/attempts.ts";
import { channelCode, laneCode } from "../../sql/codes.ts";
import type { Call } from "../context.ts";
import { dueByTenant } from "../due/due.ts";
import { dueTables } from "../due/due-table.ts";

/**
 * STARTED leaves `due_at` and `holder` as they were, which spares the index: a message under way is told apart by its
 * state. It is due again where its lease is over, and where it is in the hands of this process and its attempt of another,
 * which is gone.
 */
export const dueMessages: Call<"dueMessages"> = (context, { lane, channel, now, limit, node }) =>
  dueByTenant(context, dueTables.message, {
    lane: laneCode[lane],
    channel: channelCode[channel],
    now,
    rows: limit,
    values: ofOtherValues(node, now),
  });
