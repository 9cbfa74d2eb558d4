import { z } from "zod";
import type { FeedbackResult } from "../../ports/provider.ts";
import { receiptKinds, receiptStates } from "./vonage-codes.ts";
import type { Parameters } from "./vonage-signature.ts";

const short = z.string().max(200);
const time = z.string().max(50).optional();

/** A delivery receipt of the SMS API, or a status of the Messages API. */
const receiptSchema = z.object({
  status: z.string().max(50),
  "err-code": z.union([short, z.number()]).transform(String).optional(),
  "client-ref": short.optional(),
  client_ref: short.optional(),
  "message-timestamp": time,
  timestamp: time,
});
/** Somebody's SMS, as the SMS API tells of it. */
const smsSchema = z.object({
  msisdn: z.string().min(1).max(100),
  messageId: short.min(1),
  text: z.string().max(10_000).default(""),
  "message-timestamp": time,
  timestamp: time,
});
/** Somebody's SMS, where the account's webhooks are those of the Messages API. */
const messageSchema = z.object({
  message_uuid: short.min(1),
  channel: z.enum(["sms", "mms"]),
  from: z.string().min(1).max(100),
  text: z.string().max(10_000).default(""),
  timestamp: time,
});

/** What a webhook says, once it is verified. */
export function readVonage(parameters: Parameters, now: number): FeedbackResult {
  if ("status" in parameters) {
    const receipt = receiptSchema.safeParse(parameters);
    return receipt.success ? reported(receipt.data, now) : malformed(receipt.error);
  }
  if ("message_uuid" in parameters) {
    const message = messageSchema.safeParse(parameters);
    if (!message.success) return malformed(message.error);
    const { message_uuid: id, from, text } = message.data;
    return { status: "verified", feedback: [], inbound: [{ id, from: e164(from), text, at: when(message.data, now) }] };
  }
  const sms = smsSchema.safeParse(parameters);
  if (!sms.success) return malformed(sms.error);
  const { messageId: id, msisdn, text } = sms.data;
  return { status: "verified", feedback: [], inbound: [{ id, from: e164(msisdn), text, at: when(sms.data, now) }] };
}

function reported(receipt: z.infer<typeof receiptSchema>, now: number): FeedbackResult {
  const messageId = receipt["client-ref"] ?? receipt.client_ref ?? "";
  const state = receiptStates.get(receipt.status);
  if (messageId === "" || state === undefined) return { status: "verified", feedback: [] };
  const code = receipt["err-code"] ?? "0";
  const isDelivered = receipt.status === "delivered";
  const kinds = isDelivered ? state : (receiptKinds.get(code) ?? state);
  const named = !isDelivered && /^\d{1,10}$/.test(code) && code !== "0" ? { code } : {};
  const at = when(receipt, now);
  return { status: "verified", feedback: kinds.map((kind) => ({ messageId, kind, at, ...named })) };
}

/** `message-timestamp` is in UTC; `timestamp` is in seconds there, and by ISO 8601 in the Messages API. Nothing is in the future. */
function when(said: { "message-timestamp"?: string | undefined; timestamp?: string | undefined }, now: number): number {
  const { timestamp = "", "message-timestamp": utc = "" } = said;
  const times = [
    /^\d{1,11}$/.test(timestamp) ? Number(timestamp) * 1000 : Date.parse(timestamp),
    Date.parse(`${utc.replace(" ", "T")}Z`),
  ];
  return Math.min(times.find((ms) => !Number.isNaN(ms)) ?? now, now);
}

const e164 = (number: string): string => (number.startsWith("+") ? number : `+${number}`);

const malformed = (error: z.ZodError): FeedbackResult => ({
  status: "malformed",
  detail: `wrong at ${error.issues[0]?.path.join(".") ?? "its root"}`,
});
