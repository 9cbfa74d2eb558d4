import { afterOperation, feedbackOf, type InboxMarks, type InboxOperation } from "../../../domain/inbox.ts";
import type { FeedbackReport } from "../../../ports/store/feedback.ts";
import type { InboxSelectionInput, InboxVisit } from "../../../ports/store/inbox.ts";
import { type SqlRow, text } from "../../sql/columns.ts";
import { openFor } from "../../sql/inbox-conditions.ts";
import { isId } from "../../sql/is-id.ts";
import { marksOfRow } from "../../sql/rows/inbox-item.ts";
import type { Call, CallContext } from "../context.ts";
import { lockInbox } from "../inbox/lock-inboxes.ts";
import type { OpenInbox } from "../inbox/open-inbox.ts";
import { saveInboxes } from "../inbox/save-inboxes.ts";
import { settleExpired } from "../inbox/settle-expired.ts";
import type { Session } from "../session.ts";
import { FeedbackRows } from "./feedback-rows.ts";

export const changeInbox: Call<"changeInbox"> = async (context, input) => {
  const { operation, selection, limit, bounds, now } = input;
  const [inbox, rows] = await Promise.all([
    lockInbox(context.sql, input, bounds),
    selected(context.sql, input, operation, selection, limit),
  ]);
  if (inbox === undefined || inbox.head.generation !== input.generation) return undefined;
  await settleExpired(context.sql, [inbox], now);
  const { changes, more } = changesOf(rows, operation, limit, now);
  for (const { id, before, after } of changes) inbox.mark(id, before, after);
  await save(context, inbox, reportsOf(input, changes), now);
  return { changed: changes.length, more, head: inbox.head };
};

interface Change {
  id: string;
  before: InboxMarks;
  after: InboxMarks;
}

/** At most `limit` of the changes that an operation makes; `more` where there are others. */
function changesOf(rows: readonly SqlRow[], operation: InboxOperation, limit: number, now: number) {
  const changes = rows.flatMap((row): Change[] => {
    const before = marksOfRow(row);
    const after = afterOperation(before, operation, now);
    return after === undefined ? [] : [{ id: text(row, "id"), before, after }];
  });
  return { changes: changes.slice(0, limit), more: changes.length > limit };
}

function reportsOf({ environmentId, now }: InboxVisit, changes: readonly Change[]): FeedbackReport[] {
  return changes.flatMap(({ id, before, after }) =>
    feedbackOf(before, after).map((kind) => ({ environmentId, messageId: id, kind, at: now, code: "" })),
  );
}

async function save(context: CallContext, inbox: OpenInbox, reports: readonly FeedbackReport[], now: number) {
  const [messages] = await Promise.all([FeedbackRows.lock(context.sql, reports), saveInboxes(context.sql, [inbox])]);
  for (const report of reports) messages.apply(context, report, now);
  await messages.write(context.sql, now);
}

const columns = "id, seen_at, read_at, archived_at, action, acted_at";
/** Read in one go with the lock, so that what is due to expire is still there. */
const live = "(expires_at is null or expires_at > $3)";
const upToSql = Object.fromEntries(
  Object.entries(openFor).map(([kind, condition]) => [
    kind,
    `select ${columns} from inbox_item where environment_id = $1 and recipient = $2 and ${live} and created_sequence <= $4
       and ${condition} order by id limit $5`,
  ]),
);
const idsSql = `select item.* from unnest($4::text[]) as r (id) cross join lateral (
    select ${columns} from inbox_item where environment_id = $1 and recipient = $2 and id = r.id and ${live} offset 0
  ) as item`;

async function selected(
  sql: Session,
  { environmentId, recipient, now }: InboxVisit,
  { kind }: InboxOperation,
  selection: InboxSelectionInput,
  limit: number,
): Promise<SqlRow[]> {
  if ("upTo" in selection)
    return sql.all(upToSql[kind] ?? "", environmentId, recipient, now, selection.upTo, limit + 1);
  const places = new Map([...new Set(selection.ids)].filter(isId).map((id, place) => [id, place]));
  const rows = await sql.all(idsSql, environmentId, recipient, now, [...places.keys()]);
  const placeOf = (row: SqlRow): number => places.get(text(row, "id")) ?? 0;
  return rows.toSorted((a, b) => placeOf(a) - placeOf(b));
}
