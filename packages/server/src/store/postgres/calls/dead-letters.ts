import type { DeadLetterRow } from "../../../ports/store/log.ts";
import { type SqlRow, text } from "../../sql/columns.ts";
import { isId } from "../../sql/is-id.ts";
import { deadLetterRow, placeOf } from "../../sql/rows/dead-letter.ts";
import type { Call, Read } from "../context.ts";
import type { Session } from "../session.ts";
import { messageRows } from "./message-rows.ts";

/** Before every id. */
const first = "00000000-0000-0000-0000-000000000000";

/** All but the sealed record, which may be long. */
const columns = "id, kind, reason, detail, at, source, place";

export const listDeadLetters: Read<"listDeadLetters"> = async ({ sql }, { environmentId, before, limit }) => {
  const { at, id } = placeOf(before);
  if (!Number.isSafeInteger(at)) return [];
  const rows = await sql.all(
    `select ${columns} from dead_letter where environment_id = $1 and (at, id) < ($2, $3) order by at desc, id desc limit $4`,
    environmentId,
    at,
    isId(id) ? id : first,
    limit,
  );
  return letters(sql, environmentId, rows);
};

export const getDeadLetter: Call<"getDeadLetter"> = async ({ sql }, { environmentId, id }) => {
  if (!isId(id)) return undefined;
  const rows = await sql.all(
    `select ${columns} from dead_letter where environment_id = $1 and id = $2`,
    environmentId,
    id,
  );
  return (await letters(sql, environmentId, rows))[0];
};

const messagesSql = `select message.* from unnest($2::uuid[]) as r (id)
  cross join lateral (select * from message where environment_id = $1 and id = r.id offset 0) as message`;

async function letters(sql: Session, environmentId: number, rows: readonly SqlRow[]): Promise<DeadLetterRow[]> {
  const ids = rows.filter((row) => text(row, "kind") === "message").map((row) => text(row, "id"));
  const found = ids.length === 0 ? [] : await sql.all(messagesSql, environmentId, ids);
  const messages = new Map((await messageRows(sql, found)).map((message) => [message.id, message]));
  return rows.map((row) => deadLetterRow(row, messages.get(text(row, "id"))));
}
