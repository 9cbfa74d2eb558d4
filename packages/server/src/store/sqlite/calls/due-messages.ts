import { ofOther } from "../attempts.ts";
import { channelCode, laneCode, messageStateCode } from "../codes.ts";
import type { Call } from "../context.ts";
import { dueByTenant } from "./due.ts";

/**
 * STARTED leaves `due_at` as it was, which spares moving the index entry twice per message: a message under way is
 * told apart by its state, and counts as due again when its attempt is another process's or outlived its lease.
 */
export const dueMessages: Call<"dueMessages"> = (context, { lane, channel, now, limit, node }) => {
  const other = ofOther(node, now);
  return dueByTenant(
    context,
    { name: "message", id: "id", equal: "lane = ? and channel = ?" },
    [laneCode[lane], channelCode[channel]],
    {
      now,
      rows: limit,
      condition: { sql: `(state = ${messageStateCode.queued} or ${other.sql})`, values: other.values },
    },
  );
};
