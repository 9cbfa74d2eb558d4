import type { InboxChangeRow } from "../../../ports/store/inbox.ts";
import { integer, type SqlRow, text } from "../columns.ts";
import { itemRow } from "./inbox-item.ts";

export const changeKindCode = { created: 0, updated: 1, removed: 2 } as const;
export type ChangeKind = keyof typeof changeKindCode;

const kinds = Object.fromEntries(Object.entries(changeKindCode).map(([kind, code]) => [code, kind]));

/** Of a change's row beside which its item's stands, where that is there. */
export function changeRow(row: SqlRow): InboxChangeRow {
  const kind = kinds[integer(row, "kind")];
  if (kind !== "created" && kind !== "updated" && kind !== "removed")
    throw new RangeError("a kind of change is unknown");
  return {
    sequence: integer(row, "sequence"),
    kind,
    id: text(row, "item"),
    unseen: integer(row, "unseen"),
    unread: integer(row, "unread"),
    item: row["id"] === null ? null : itemRow(row),
  };
}
