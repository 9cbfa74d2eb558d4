import { messageStateCode } from "../../sql/codes.ts";
import type { Call } from "../context.ts";
import { settle } from "./settle.ts";

const openSql = `select 1 from message where id = ? and state = ${messageStateCode.queued} and attempts = ?`;

/** For messages that end, or are put off, without an attempt: a template that fails, a buffer that is full. */
export const settleMessages: Call<"settleMessages"> = (context, { settlements }) =>
  settlements.map(({ messageId, attempts, at, after }) => {
    const open = context.database.get(openSql, messageId, attempts);
    if (open === undefined) return "fenced";
    if (after.state !== "queued") {
      settle(context, messageId, after, at, "");
      return "recorded";
    }
    context.database.run(
      "update message set due_at = ?, reason = coalesce(?, reason) where id = ?",
      after.dueAt,
      after.reason ?? null,
      messageId,
    );
    return "recorded";
  });
