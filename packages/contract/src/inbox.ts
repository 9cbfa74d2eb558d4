import { z } from "zod";
import { limits } from "./limits.ts";
import { idSchema, timeSchema } from "./text.ts";

/** An item of a recipient's inbox. Its id is that of its message. */
export const inboxItemSchema = z.object({
  id: idSchema,
  createdAt: timeSchema,
  /** When it leaves the inbox by itself. */
  expiresAt: timeSchema.optional(),
  title: z.string().optional(),
  text: z.string(),
  url: z.string().optional(),
  imageUrl: z.string().optional(),
  actions: z.array(z.object({ key: z.string(), label: z.string(), url: z.string().optional() })).optional(),
  data: z.record(z.string(), z.string()).optional(),
  seenAt: timeSchema.optional(),
  readAt: timeSchema.optional(),
  archivedAt: timeSchema.optional(),
  /** The action that was taken; the first one stands. */
  action: z.object({ key: z.string(), at: timeSchema }).optional(),
});
export type InboxItem = z.infer<typeof inboxItemSchema>;

/** Items that are neither archived nor expired, and have not been seen, or not been read. */
export const inboxCountsSchema = z.object({ unseen: z.int(), unread: z.int() });
export type InboxCounts = z.infer<typeof inboxCountsSchema>;

/** The counts, and the number of the change after which they were so. */
export const inboxStandSchema = inboxCountsSchema.extend({ sequence: z.int() });
export type InboxStand = z.infer<typeof inboxStandSchema>;

/**
 * One message of the socket, of the event stream and of `/v1/inbox/changes`. Changes of an inbox are numbered without a
 * gap: who has all up to `sequence` resumes with it. `reset` says that what comes between is not kept: load the list, then
 * go on from its `sequence`. `heartbeat` (the socket's alone) changes nothing. `item` is as it is when it is sent.
 */
export const inboxChangeSchema = z.object({
  sequence: z.int(),
  type: z.enum(["created", "updated", "removed", "reset", "heartbeat"]),
  /** Of the item; with `created`, `updated` and `removed`. */
  id: idSchema.optional(),
  /** With `created` and `updated`. */
  item: inboxItemSchema.optional(),
  counts: inboxCountsSchema,
});
export type InboxChange = z.infer<typeof inboxChangeSchema>;

export const inboxFilters = ["all", "unseen", "unread", "archived"] as const;

/** `all` is what is not archived. */
export const inboxQuerySchema = z.strictObject({
  filter: z.enum(inboxFilters).optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(limits.pageSize).optional(),
});
export const inboxPageSchema = z.object({
  items: z.array(inboxItemSchema),
  nextCursor: z.string().optional(),
  counts: inboxStandSchema,
});
export type InboxPage = z.infer<typeof inboxPageSchema>;

const sequenceSchema = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

export const inboxChangesQuerySchema = z.strictObject({
  after: sequenceSchema,
  limit: z.coerce.number().int().min(1).max(limits.pageSize).optional(),
});
export const inboxChangesSchema = z.object({
  changes: z.array(inboxChangeSchema),
  counts: inboxStandSchema,
  /** True where there are further changes already. */
  more: z.boolean(),
});
export type InboxChanges = z.infer<typeof inboxChangesSchema>;

/** Query of the socket and of the event stream. Without `after` the first message is a `reset`. */
export const inboxStreamQuerySchema = z.strictObject({
  token: z.string().max(4096).optional(),
  after: sequenceSchema.optional(),
});

/** Which items: those named, or all that had come by a sequence, so that nothing is marked that was not there to be seen. */
export const inboxSelectionSchema = z.union([
  z.strictObject({ ids: z.array(idSchema).min(1).max(limits.pageSize) }),
  z.strictObject({ upTo: z.int().min(0) }),
]);
export type InboxSelection = z.infer<typeof inboxSelectionSchema>;

export const inboxChangedSchema = z.object({
  /** Items that it changed; those that were so already, or are not there, are not among them. */
  changed: z.int(),
  counts: inboxStandSchema,
});

/** Codes with which the socket is closed, beside 1001: the server stops, connect again. */
export const inboxCloseCodes = {
  /** The token is missing, wrong, expired or revoked: fetch a new one. */
  token: 4401,
  /** The token has not the scope `inbox:read`. */
  scope: 4403,
  /** The connection took its messages too slowly, or answered no ping: connect again and resume. */
  slow: 4408,
  /** Too many connections, of this recipient or at this process: connect again later. */
  crowded: 4429,
  /** The store could not be read: connect again and resume. */
  fault: 4500,
} as const;
export type InboxClose = keyof typeof inboxCloseCodes | "stopping";
