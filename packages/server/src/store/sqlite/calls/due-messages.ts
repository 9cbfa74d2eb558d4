import { ofOther, ofOtherValues } from "../../sql/attempts.ts";
import { channelCode, laneCode, messageStateCode } from "../../sql/codes.ts";
import type { Call } from "../context.ts";
import { dueByTenant } from "./due.ts";

const openSql = `(state = ${messageStateCode.queued} or ${ofOther(["?", "?", "?"])})`;

/**
 * STARTED leaves `due_at` as it was, which spares moving the index entry twice per message: a message under way is
 * told apart by its state, and counts as due again when its attempt is another process's or outlived its lease.
 */
export const dueMessages: Call<"dueMessages"> = (context, { lane, channel, now, limit, node }) => {
  return dueByTenant(
    context,
    { name: "message", id: "id", equal: "lane = ? and channel = ?" },
    [laneCode[lane], channelCode[channel]],
    {
      now,
      rows: limit,
      condition: { sql: openSql, values: ofOtherValues(node, now) },
    },
  );
};
