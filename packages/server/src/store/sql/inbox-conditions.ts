import type { InboxOperation } from "../../domain/inbox.ts";

/** SQL: items that a list shows. */
export const shownBy = {
  all: "archived_at is null",
  unseen: "archived_at is null and seen_at is null",
  unread: "archived_at is null and read_at is null",
  archived: "archived_at is not null",
} as const;
export type InboxFilter = keyof typeof shownBy;

/** SQL: items that an operation would change; the others need not be read. */
export const openFor: Record<InboxOperation["kind"], string> = {
  seen: "seen_at is null",
  read: "read_at is null",
  unread: "read_at is not null",
  archive: "archived_at is null",
  unarchive: "archived_at is not null",
  action: "action is null",
};
