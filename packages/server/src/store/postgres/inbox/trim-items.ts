import type { InboxCounts } from "@tidings/contract/inbox";
import { countsOf, newMarks } from "../../../domain/inbox.ts";
import { integerOrNull, type SqlRow, text } from "../../sql/columns.ts";
import { countsOfRow } from "../../sql/rows/inbox-item.ts";
import type { Session } from "../session.ts";
import { columnsOf, keyOf } from "./lock-inboxes.ts";
import { nameOf, type OpenInbox } from "./open-inbox.ts";

interface Candidate {
  id: string;
  counts: InboxCounts;
}

/** The oldest archived items, and the oldest of all: as many of each as are to leave. What has expired is gone already. */
const oldestSql = `select item.* from json_to_recordset($1) as r (environment_id int, recipient text, leaving int)
  cross join lateral (
    (select environment_id, recipient, id, seen_at, read_at, archived_at from inbox_item
     where environment_id = r.environment_id and recipient = r.recipient and archived_at is not null
       and (expires_at is null or expires_at > $2)
     order by id limit r.leaving)
    union
    (select environment_id, recipient, id, seen_at, read_at, archived_at from inbox_item
     where environment_id = r.environment_id and recipient = r.recipient and (expires_at is null or expires_at > $2)
     order by id limit r.leaving)
  ) as item`;

/** What leaves an inbox above its bound: the oldest archived items first, then the oldest. */
export class Leaving {
  readonly #archived: Candidate[] = [];
  readonly #others: Candidate[] = [];

  /** Looks up what may leave the inboxes once so many items have come in. */
  static async of(
    sql: Session,
    coming: readonly { inbox: OpenInbox; count: number }[],
    now: number,
  ): Promise<Map<string, Leaving>> {
    const full = coming.filter(({ inbox, count }) => inbox.state.surplus + count > 0);
    const found = new Map(full.map(({ inbox }) => [nameOf(inbox.key), new Leaving()]));
    if (full.length === 0) return found;
    const rows = full.map(({ inbox, count }) => ({ ...columnsOf(inbox.key), leaving: inbox.state.surplus + count }));
    for (const row of await sql.all(oldestSql, JSON.stringify(rows), now)) {
      const leaving = found.get(nameOf(keyOf(row)));
      if (leaving !== undefined) leaving.#take(row);
    }
    for (const leaving of found.values()) leaving.#sort();
    return found;
  }

  #take(row: SqlRow): void {
    const list = integerOrNull(row, "archived_at") === null ? this.#others : this.#archived;
    list.push({ id: text(row, "id"), counts: countsOfRow(row) });
  }

  #sort(): void {
    for (const list of [this.#archived, this.#others]) list.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** An item that has come in may be the oldest. */
  add(id: string): void {
    const place = this.#others.findLastIndex((other) => other.id < id);
    this.#others.splice(place + 1, 0, { id, counts: countsOf(newMarks) });
  }

  trim(inbox: OpenInbox): void {
    while (inbox.state.surplus > 0) {
      const oldest = this.#archived.shift() ?? this.#others.shift();
      if (oldest === undefined) return;
      inbox.remove(oldest.id, oldest.counts);
    }
  }
}
