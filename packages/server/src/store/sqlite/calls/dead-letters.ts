import type { DeadLetterRow } from "../../../ports/store/log.ts";
import type { SqlRow } from "../../sql/columns.ts";
import { text } from "../../sql/columns.ts";
import { deadLetterRow, placeOf } from "../../sql/rows/dead-letter.ts";
import { messageRow } from "../../sql/rows/message.ts";
import { attemptsOf } from "../attempts.ts";
import type { Call, CallContext } from "../context.ts";

/** All but the sealed record, which may be long. */
const columns = "id, kind, reason, detail, at, source, place";

export const listDeadLetters: Call<"listDeadLetters"> = (context, { environmentId, before, limit }) => {
  const { at, id } = placeOf(before);
  return context.database
    .all(
      `select ${columns} from dead_letter where environment_id = ? and (at, id) < (?, ?) order by at desc, id desc limit ?`,
      environmentId,
      at,
      id,
      limit,
    )
    .map((row) => letter(context, row));
};

export const getDeadLetter: Call<"getDeadLetter"> = (context, { environmentId, id }) => {
  const row = context.database.get(
    `select ${columns} from dead_letter where id = ? and environment_id = ?`,
    id,
    environmentId,
  );
  return row === undefined ? undefined : letter(context, row);
};

function letter({ database }: CallContext, row: SqlRow): DeadLetterRow {
  const message =
    text(row, "kind") === "message" ? database.get("select * from message where id = ?", text(row, "id")) : undefined;
  return deadLetterRow(row, message === undefined ? undefined : messageRow(message, attemptsOf(database, message)));
}
