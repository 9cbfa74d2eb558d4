import type { InboxChange, InboxItem, InboxStand } from "@tidings/contract/inbox";
import { inboxItemSchema } from "@tidings/contract/inbox";
import { sealContext } from "../../domain/event-payload.ts";
import type { InboxChangeRow, InboxHead, InboxItemRow } from "../../ports/store/inbox.ts";
import type { ApiKeyring } from "../api-keyring.ts";
import { iso, isoOrNone } from "../views.ts";

/** What opens items: a keyring. */
export type InboxKeyring = Pick<ApiKeyring, "unsealForRecipient">;

const contentSchema = inboxItemSchema.pick({
  title: true,
  text: true,
  url: true,
  imageUrl: true,
  actions: true,
  data: true,
});

export function itemView(row: InboxItemRow, wrappedKey: string, keyring: InboxKeyring): InboxItem {
  const text = keyring.unsealForRecipient(wrappedKey, sealContext.inboxItem, row.sealed);
  return {
    id: row.id,
    createdAt: iso(row.createdAt),
    expiresAt: isoOrNone(row.expiresAt),
    ...contentSchema.parse(JSON.parse(text)),
    seenAt: isoOrNone(row.seenAt),
    readAt: isoOrNone(row.readAt),
    archivedAt: isoOrNone(row.archivedAt),
    action: row.action === null || row.actedAt === null ? undefined : { key: row.action, at: iso(row.actedAt) },
  };
}

/** A change as it is told. One whose item has left since is told as its removal, which may come again. */
export function changeView(change: InboxChangeRow, wrappedKey: string | null, keyring: InboxKeyring): InboxChange {
  const { sequence, kind, id, item, unseen, unread } = change;
  const counts = { unseen, unread };
  if (item === null || wrappedKey === null || kind === "removed") return { sequence, type: "removed", id, counts };
  return { sequence, type: kind, id, item: itemView(item, wrappedKey, keyring), counts };
}

/** A message about the inbox as a whole. */
export function headView(type: "reset" | "heartbeat", head: InboxStand): InboxChange {
  return { sequence: head.sequence, type, counts: { unseen: head.unseen, unread: head.unread } };
}

export function standOf({ unseen, unread, sequence }: InboxHead): InboxStand {
  return { unseen, unread, sequence };
}
