import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { z } from "zod";
import type { Feedback, FeedbackKind, FeedbackRequest, FeedbackResult } from "../../ports/provider.ts";
import { messageKey } from "./http-mail.ts";
import {
  forged,
  headerOf,
  isFresh,
  ourId,
  readAs,
  readJson,
  report,
  secondsTime,
  verified,
} from "./http-mail-feedback.ts";
import { sendgridBounceTypes, sendgridDropReasons, sendgridEvents } from "./sendgrid-codes.ts";

/** @sendgrid/eventwebhook names both headers. */
const signatureHeader = "x-twilio-email-event-webhook-signature";
const timestampHeader = "x-twilio-email-event-webhook-timestamp";

const eventsSchema = z.array(z.unknown()).max(10_000);
/** Custom arguments stand beside SendGrid's own fields; what carries none of ours is somebody else's mail. */
const oursSchema = z.object({ [messageKey]: ourId });
const eventSchema = z.object({
  [messageKey]: ourId,
  event: z.string(),
  timestamp: secondsTime,
  type: z.string().optional(),
  reason: z.string().optional(),
  status: z.string().optional(),
  /** Apple's proxies load pictures of mails that nobody opened. */
  sg_machine_open: z.boolean().optional(),
});
type Event = z.infer<typeof eventSchema>;

/** Base64 of an SPKI with a P-256 key, as SendGrid shows it; undefined for anything else. */
export function readSendgridKey(base64: string): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(base64, "base64"), format: "der", type: "spki" });
    return key.asymmetricKeyDetails?.namedCurve === "prime256v1" ? key : undefined;
  } catch {
    return undefined;
  }
}

/** Signed Event Webhook: ECDSA with SHA-256 over timestamp and raw body, the signature as base64 of DER. */
export function sendgridFeedback(publicKey: string | undefined, request: FeedbackRequest): FeedbackResult {
  const key = publicKey === undefined ? undefined : readSendgridKey(publicKey);
  const timestamp = headerOf(request, timestampHeader);
  if (key === undefined || !isFresh(timestamp, request.now)) return forged;
  const signature = Buffer.from(headerOf(request, signatureHeader), "base64");
  if (!verify("sha256", Buffer.concat([Buffer.from(timestamp), request.rawBody]), key, signature)) return forged;
  const events = readJson(eventsSchema, request.rawBody);
  if ("malformed" in events) return events.malformed;
  const feedback: Feedback[] = [];
  for (const [index, value] of events.data.entries()) {
    if (!oursSchema.safeParse(value).success) continue;
    const event = readAs(eventSchema, value, [index]);
    if ("malformed" in event) return event.malformed;
    const kind = kindOf(event.data);
    if (kind !== undefined)
      feedback.push(report(event.data[messageKey], kind, event.data.timestamp, event.data.status));
  }
  return verified(feedback);
}

function kindOf({ event, type = "", reason = "", sg_machine_open }: Event): FeedbackKind | undefined {
  const kind = sendgridEvents.get(event);
  if (kind === "bounced") return sendgridBounceTypes.get(type) ?? kind;
  if (kind === "failed") return sendgridDropReasons.get(reason.toLowerCase()) ?? kind;
  return kind === "opened" && sg_machine_open === true ? undefined : kind;
}
