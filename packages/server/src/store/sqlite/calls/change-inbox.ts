import { afterOperation, countsOf, feedbackOf, type InboxMarks, type InboxOperation } from "../../../domain/inbox.ts";
import type { InboxSelectionInput, InboxVisit } from "../../../ports/store/inbox.ts";
import type { SqlRow } from "../../sql/columns.ts";
import { text } from "../../sql/columns.ts";
import { openFor } from "../../sql/inbox-conditions.ts";
import { marksOfRow } from "../../sql/rows/inbox-item.ts";
import type { Call, CallContext } from "../context.ts";
import { OpenInbox } from "../inbox/open-inbox.ts";
import { settleExpired } from "../inbox/take-out.ts";
import { applyFeedback } from "./record-feedback.ts";

export const changeInbox: Call<"changeInbox"> = (context, input) => {
  const { operation, selection, limit, bounds, now, generation } = input;
  const inbox = OpenInbox.find(context.database, input, bounds);
  if (inbox === undefined || inbox.head.generation !== generation) return undefined;
  settleExpired(context.database, inbox, now);
  let changed = 0;
  let more = false;
  for (const row of selected(context, input, operation, selection, limit)) {
    const before = marksOfRow(row);
    const after = afterOperation(before, operation, now);
    if (after === undefined) continue;
    if (changed === limit) {
      more = true;
      break;
    }
    changed += 1;
    write(context, input, text(row, "id"), before, after, inbox);
  }
  inbox.save();
  return { changed, more, head: inbox.head };
};

const upToSql = Object.fromEntries(
  Object.entries(openFor).map(([kind, condition]) => [
    kind,
    `select id, seen_at, read_at, archived_at, action, acted_at from inbox_item
     where environment_id = ? and recipient = ? and created_sequence <= ? and ${condition} order by id limit ?`,
  ]),
);

function selected(
  { database }: CallContext,
  { environmentId, recipient }: InboxVisit,
  { kind }: InboxOperation,
  selection: InboxSelectionInput,
  limit: number,
): SqlRow[] {
  if ("upTo" in selection)
    return database.all(upToSql[kind] ?? "", environmentId, recipient, selection.upTo, limit + 1);
  return [...new Set(selection.ids)].flatMap((id) =>
    database.all(
      "select id, seen_at, read_at, archived_at, action, acted_at from inbox_item where environment_id = ? and recipient = ? and id = ?",
      environmentId,
      recipient,
      id,
    ),
  );
}

function write(
  context: CallContext,
  { environmentId, recipient, now }: InboxVisit,
  id: string,
  before: InboxMarks,
  after: InboxMarks,
  inbox: OpenInbox,
): void {
  context.database.run(
    `update inbox_item set seen_at = ?, read_at = ?, archived_at = ?, action = ?, acted_at = ?
     where environment_id = ? and recipient = ? and id = ?`,
    after.seenAt,
    after.readAt,
    after.archivedAt,
    after.action,
    after.actedAt,
    environmentId,
    recipient,
    id,
  );
  const [had, has] = [countsOf(before), countsOf(after)];
  inbox.change("updated", id, has.unseen - had.unseen, has.unread - had.unread);
  for (const kind of feedbackOf(before, after))
    applyFeedback(context, { environmentId, messageId: id, kind, at: now, code: "" }, now);
}
