import { z } from "zod";
import { pageQuerySchema } from "./pages.ts";
import { line, timeSchema } from "./text.ts";

const days = { max: 90, initial: 7 } as const;

/** Query of `GET /v1/dmarc-reports`. */
export const dmarcQuerySchema = pageQuerySchema.extend({
  /** Of the From address, in lower case; all domains where left out. */
  domain: line(253).optional(),
  /** Days back from today, UTC; 7 where left out. */
  days: z.coerce.number().int().min(1).max(days.max).optional(),
});
export const dmarcDaysDefault = days.initial;

/** Mails of one day from one domain by one address that fared the same, as receivers report it (RFC 7489 §7.2). */
export const dmarcSourceSchema = z.object({
  day: z.iso.date(),
  domain: z.string(),
  /** Left out for the sum of sources that were too many to be told apart. */
  sourceIp: z.string().optional(),
  disposition: z.enum(["none", "quarantine", "reject"]),
  dkimAligned: z.boolean(),
  spfAligned: z.boolean(),
  messages: z.int(),
});
export type DmarcSourceView = z.infer<typeof dmarcSourceSchema>;

/** A mail that came in and could not be read: what is known of it, and nothing of what stands in it. */
export const unreadableMailSchema = z.object({
  id: z.string(),
  at: timeSchema,
  way: z.enum(["smtp", "imap"]),
  reason: z.string(),
  bytes: z.int(),
  messageId: z.string().optional(),
});

/** Answer of `GET /v1/unreadable-mails`: the newest, as many as are kept. */
export const unreadableMailsSchema = z.object({ items: z.array(unreadableMailSchema) });
export type UnreadableMails = z.infer<typeof unreadableMailsSchema>;
