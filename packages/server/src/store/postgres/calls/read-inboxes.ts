import type { InboxBounds, InboxKey, InboxRead } from "../../../ports/store/inbox.ts";
import { integer, integerOrNull, type SqlRow, textOrNull } from "../../sql/columns.ts";
import { changeRow } from "../../sql/rows/inbox-change.ts";
import type { Call } from "../context.ts";
import { columnsOf, inboxOf } from "../inbox/lock-inboxes.ts";
import { expireInboxes } from "../inbox/settle-expired.ts";
import type { Session } from "../session.ts";

type Read = InboxKey & { after: number | null };

/**
 * Inboxes with the changes that are asked for, in one statement: all of an inbox is of one moment. A number that is yet to
 * come is of another inbox, or made up.
 */
const readSql = `select r.place, inbox.environment_id, inbox.recipient, inbox.sequence as head_sequence, inbox.forgotten,
    inbox.unseen as head_unseen, inbox.unread as head_unread, inbox.items, inbox.generation, inbox.next_expiry_at,
    recipient.wrapped_key, change.*
  from json_to_recordset($1) as r (place int, environment_id int, recipient text, after bigint)
  cross join lateral (
    select * from inbox where environment_id = r.environment_id and recipient = r.recipient offset 0
  ) as inbox
  left join recipient on recipient.environment_id = r.environment_id and recipient.id = r.recipient
    and r.after >= inbox.forgotten and r.after < inbox.sequence
  left join lateral (
    select c.sequence, c.kind, c.item, c.unseen, c.unread, item.id, item.created_at, item.expires_at, item.seen_at, item.read_at,
      item.archived_at, item.action, item.acted_at, item.sealed
    from inbox_change as c left join inbox_item as item
      on item.environment_id = c.environment_id and item.recipient = c.recipient and item.id = c.item
    where c.environment_id = r.environment_id and c.recipient = r.recipient and c.sequence > r.after
      and r.after >= inbox.forgotten and r.after < inbox.sequence
    order by c.sequence limit $2
  ) as change on true`;

export const readInboxes: Call<"readInboxes"> = async ({ sql }, { reads, limit, now, bounds }) => {
  let rows = await readAll(sql, reads, limit);
  const due = reads.filter((_, place) => isDue(rows.get(place)?.[0], now));
  if (due.length > 0) {
    await expireInboxes(sql, due, bounds, now);
    rows = await readAll(sql, reads, limit);
  }
  return reads.map((read, place) => readOf(rows.get(place) ?? [], read, bounds));
};

async function readAll(sql: Session, reads: readonly Read[], limit: number): Promise<Map<number, SqlRow[]>> {
  const asked = reads.map((read, place) => ({ place, ...columnsOf(read), after: read.after }));
  const found = new Map<number, SqlRow[]>();
  for (const row of await sql.all(readSql, JSON.stringify(asked), limit)) {
    const own = found.get(integer(row, "place"));
    if (own === undefined) found.set(integer(row, "place"), [row]);
    else own.push(row);
  }
  return found;
}

function isDue(row: SqlRow | undefined, now: number): boolean {
  const at = row === undefined ? null : integerOrNull(row, "next_expiry_at");
  return at !== null && at <= now;
}

function readOf(rows: readonly SqlRow[], { after }: Read, bounds: InboxBounds): InboxRead {
  const [first] = rows;
  if (first === undefined) return undefined;
  const { sequence, unseen, unread } = {
    sequence: first["head_sequence"],
    unseen: first["head_unseen"],
    unread: first["head_unread"],
  };
  const { head, state } = inboxOf({ ...first, sequence, unseen, unread }, bounds);
  const isKept = after !== null && after >= state.forgotten && after <= head.sequence;
  if (!isKept) return { head, wrappedKey: null, changes: null };
  const changes = rows.filter((row) => row["sequence"] !== null).map(changeRow);
  return { head, wrappedKey: textOrNull(first, "wrapped_key"), changes };
}

const headsSql = `select r.place, inbox.sequence, inbox.generation, inbox.next_expiry_at
  from json_to_recordset($1) as r (place int, environment_id int, recipient text)
  cross join lateral (
    select sequence, generation, next_expiry_at from inbox
    where environment_id = r.environment_id and recipient = r.recipient offset 0
  ) as inbox`;

export const inboxHeads: Call<"inboxHeads"> = async ({ sql }, { keys }) => {
  const asked = keys.map((key, place) => ({ place, ...columnsOf(key) }));
  const found = new Map<number, SqlRow>();
  for (const row of await sql.all(headsSql, JSON.stringify(asked))) found.set(integer(row, "place"), row);
  return keys.map((_, place) => {
    const row = found.get(place);
    if (row === undefined) return undefined;
    return {
      sequence: integer(row, "sequence"),
      generation: integer(row, "generation"),
      nextExpiryAt: integerOrNull(row, "next_expiry_at"),
    };
  });
};
