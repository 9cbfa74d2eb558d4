import type { DeadLetterRow } from "../../../ports/store/log.ts";
import type { Call, CallContext } from "../context.ts";
import type { SqlRow } from "../database.ts";
import { integer, text } from "../rows.ts";
import { messageRow } from "./message-row.ts";

export const listDeadLetters: Call<"listDeadLetters"> = (context, { environmentId, before, limit }) => {
  const colon = before.indexOf(":");
  const at = colon < 0 ? Number.MAX_SAFE_INTEGER : Number(before.slice(0, colon));
  const id = colon < 0 ? "" : before.slice(colon + 1);
  return context.database
    .all(
      "select * from dead_letter where environment_id = ? and (at, id) < (?, ?) order by at desc, id desc limit ?",
      environmentId,
      at,
      id,
      limit,
    )
    .map((row) => letter(context, row));
};

export const getDeadLetter: Call<"getDeadLetter"> = (context, { environmentId, id }) => {
  const row = context.database.get("select * from dead_letter where id = ? and environment_id = ?", id, environmentId);
  return row === undefined ? undefined : letter(context, row);
};

function letter({ database }: CallContext, row: SqlRow): DeadLetterRow {
  const kind = text(row, "kind");
  const message = kind === "message" ? database.get("select * from message where id = ?", text(row, "id")) : undefined;
  return {
    id: text(row, "id"),
    kind: kind === "message" || kind === "run" ? kind : "event",
    reason: text(row, "reason"),
    detail: text(row, "detail"),
    at: integer(row, "at"),
    message: message === undefined ? undefined : messageRow(database, message),
  };
}
