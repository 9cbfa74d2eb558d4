import { z } from "zod";
import { keySchema, timeSchema } from "./text.ts";
import { channelSchema } from "./words.ts";

export const probeStatuses = ["ok", "failed", "unchecked"] as const;
export type ProbeStatus = (typeof probeStatuses)[number];

/** How an integration stands: what came of the last look at its account, by which nothing is sent. */
export const probeSchema = z.object({
  status: z.enum(probeStatuses),
  code: z.string().optional(),
  detail: z.string().optional(),
  at: timeSchema,
  lastGoodAt: timeSchema.optional(),
});
export type ProbeView = z.infer<typeof probeSchema>;

/** What can be wrong with an environment before anything fails: closed. */
export const findingCodes = [
  "integration_unusable",
  "probe_failed",
  "channel_unserved",
  "channel_without_fallback",
  "fallback_unproven",
  "marketing_shares_domain",
  "marketing_paused",
  "public_url_missing",
  "feedback_unreachable",
  "mailbox_failing",
  "source_failing",
] as const;
export type FindingCode = (typeof findingCodes)[number];

export const findingSchema = z.object({
  severity: z.enum(["error", "warning"]),
  code: z.enum(findingCodes),
  integration: keySchema.optional(),
  channel: channelSchema.optional(),
  source: keySchema.optional(),
  text: z.string(),
});
export type Finding = z.infer<typeof findingSchema>;

/** Answer of `GET /v1/readiness`: errors first. */
export const findingsSchema = z.object({ items: z.array(findingSchema) });
export type Findings = z.infer<typeof findingsSchema>;

/** Under what names in DNS an integration's mail goes out. */
export const mailSenderSchema = z.object({
  integration: keySchema,
  provider: z.string(),
  enabled: z.boolean(),
  /** Domains of its From addresses. */
  from: z.array(z.string()),
  returnPath: z.string().optional(),
  dkim: z.array(z.object({ domain: z.string(), selector: z.string(), record: z.string() })),
});
export type MailSender = z.infer<typeof mailSenderSchema>;

/** Answer of `GET /v1/mail-senders`, by key. */
export const mailSendersSchema = z.object({ items: z.array(mailSenderSchema) });
export type MailSenders = z.infer<typeof mailSendersSchema>;
