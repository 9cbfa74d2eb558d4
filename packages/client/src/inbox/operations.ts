import {
  inboxChangedSchema,
  inboxChangesQuerySchema,
  inboxChangesSchema,
  inboxItemSchema,
  inboxPageSchema,
  inboxQuerySchema,
  inboxSelectionSchema,
  inboxStandSchema,
} from "@tidings/contract/inbox";
import type { Operation } from "../transport/operation.ts";

/** A second call changes nothing more. */
const always = { repeat: "always" } as const;
const change = { method: "POST", body: inboxSelectionSchema, status: 200, response: inboxChangedSchema } as const;

// biome-ignore format: one call per line is what lets this be read as a table
export const inboxOperations = {
  list: { name: "listInbox", method: "GET", path: "/v1/inbox", query: inboxQuerySchema, status: 200, response: inboxPageSchema, ...always },
  counts: { name: "getInboxCounts", method: "GET", path: "/v1/inbox/counts", status: 200, response: inboxStandSchema, ...always },
  changes: { name: "listInboxChanges", method: "GET", path: "/v1/inbox/changes", query: inboxChangesQuerySchema, status: 200, response: inboxChangesSchema, ...always },
  seen: { name: "markInboxSeen", path: "/v1/inbox/seen", ...change, ...always },
  read: { name: "markInboxRead", path: "/v1/inbox/read", ...change, ...always },
  unread: { name: "markInboxUnread", path: "/v1/inbox/unread", ...change, ...always },
  archive: { name: "archiveInbox", path: "/v1/inbox/archive", ...change, ...always },
  unarchive: { name: "unarchiveInbox", path: "/v1/inbox/unarchive", ...change, ...always },
  act: { name: "takeInboxAction", method: "POST", path: "/v1/inbox/{id}/actions/{key}", status: 200, response: inboxItemSchema, ...always },
} as const satisfies Record<string, Operation>;
