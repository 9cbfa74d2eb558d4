import type { InboxKey } from "../../../ports/store/inbox.ts";
import { text } from "../../sql/columns.ts";
import type { Database } from "../database.ts";

/** An inbox begins with the time at which it is made, in its sequence and in the generation of its tokens. */
export function makeInbox(database: Database, { environmentId, recipient }: InboxKey, now: number): void {
  database.run(
    `insert or ignore into inbox (environment_id, recipient, sequence, forgotten, unseen, unread, items, generation, next_expiry_at)
     values (?, ?, ?, ?, 0, 0, 0, ?, null)`,
    environmentId,
    recipient,
    now,
    now,
    now,
  );
}

/** The data key that the items of this inbox are sealed with. */
export function wrappedKeyOf(database: Database, { environmentId, recipient }: InboxKey): string | null {
  const row = database.get(
    "select wrapped_key from recipient where environment_id = ? and id = ?",
    environmentId,
    recipient,
  );
  return row === undefined ? null : text(row, "wrapped_key");
}
