import { spreadSchema } from "@tidings/contract/campaigns";
import { contentSchema } from "@tidings/contract/messages";
import { z } from "zod";
import { selectionSchema } from "./replay-selection.ts";

/** What an event's sealed `payload` holds, as JSON. */
const eventPayloadSchema = z.object({
  data: z.record(z.string(), z.json()),
  /** Ids of all recipients in order; inline ones too. */
  recipients: z.array(z.string()),
  /** Those who come after `recipients`: all of each topic and segment, in this order. Left out where there are none. */
  audiences: z
    .array(z.union([z.object({ topic: z.string() }), z.object({ segment: z.string() })]))
    .min(1)
    .optional(),
  actor: z.string().optional(),
  cancellationKey: z.string().optional(),
  orderingKey: z.string().optional(),
  scheduledAt: z.number().optional(),
  /** Of one that a replay has made, for these workflows alone. */
  workflows: z.array(z.string()).optional(),
  /** Of a replay only: what it goes on over. */
  selection: selectionSchema.optional(),
  /** Of a campaign only. */
  campaign: z.object({ spread: spreadSchema.optional() }).optional(),
  /** Of a direct message only. */
  message: z
    .object({
      channel: z.string(),
      category: z.string(),
      template: z.string().optional(),
      content: contentSchema.optional(),
      /** Of one that answers a word which came in by SMS. */
      answers: z
        .object({
          word: z.enum(["stop", "start", "help"]),
          /** That the word came in by, and that alone carries the answer. */
          integration: z.string(),
          addressHash: z.string(),
          /** When the suppression was written that it passes, ms. */
          stoppedAt: z.number().optional(),
        })
        .optional(),
    })
    .optional(),
});
export type EventPayload = z.infer<typeof eventPayloadSchema>;

/** Sealing contexts: each sealed field opens only in its place. */
export const sealContext = {
  payload: "event.payload",
  inline: "event.inline",
  recipient: "recipient.sealed",
  content: "message.content",
  journal: "run.journal",
  digestEntry: "digest.entry",
  secrets: "integration.secrets",
  mail: "sandbox.mail",
  webhook: "webhook.sealed",
  webhookData: "webhook.data",
  inboxItem: "inbox.item",
  consent: "consent.evidence",
  sourceRecord: "source.record",
} as const;

interface Unsealer {
  unsealForEnvironment(environmentId: number, context: string, sealed: string): string;
}

/** Payloads by what they were sealed in; gone with it. */
const opened = new WeakMap<object, EventPayload>();

/** Opens a payload, once for all messages or runs that share the object it is sealed in. Throws where it does not open. */
export function openPayload(
  sealedIn: { readonly payload: string },
  environmentId: number,
  keyring: Unsealer,
): EventPayload {
  const known = opened.get(sealedIn);
  if (known !== undefined) return known;
  const text = keyring.unsealForEnvironment(environmentId, sealContext.payload, sealedIn.payload);
  const payload = eventPayloadSchema.parse(JSON.parse(text));
  opened.set(sealedIn, payload);
  return payload;
}
