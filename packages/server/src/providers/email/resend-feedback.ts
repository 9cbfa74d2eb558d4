import { z } from "zod";
import { isSigned, parseSecrets } from "../../lib/standard-webhooks.ts";
import type { FeedbackRequest, FeedbackResult } from "../../ports/provider.ts";
import { messageKey } from "./http-mail.ts";
import { forged, headerOf, isFresh, isoTime, ourId, readAs, readJson, report, verified } from "./http-mail-feedback.ts";
import { resendBounceTypes, resendEvents } from "./resend-codes.ts";

const oursSchema = z.object({
  type: z.string(),
  data: z.object({ tags: z.object({ [messageKey]: ourId }) }),
});
const eventSchema = z.object({
  created_at: isoTime,
  data: z.object({ bounce: z.object({ type: z.string(), subType: z.string().optional() }).optional() }),
});

/** Webhooks of Resend, one event each, signed as Svix does: Standard Webhooks under headers of its own. */
export function resendFeedback(secret: string | undefined, request: FeedbackRequest): FeedbackResult {
  const keys = secret === undefined ? undefined : parseSecrets(secret);
  const timestamp = headerOf(request, "svix-timestamp");
  if (keys === undefined || !isFresh(timestamp, request.now)) return forged;
  const call = { id: headerOf(request, "svix-id"), timestamp, signatures: headerOf(request, "svix-signature") };
  if (!isSigned(keys, call, request.rawBody)) return forged;
  const event = readJson(z.unknown(), request.rawBody);
  if ("malformed" in event) return event.malformed;
  const ours = oursSchema.safeParse(event.data).data;
  const kind = ours === undefined ? undefined : resendEvents.get(ours.type);
  if (ours === undefined || kind === undefined) return verified([]);
  const read = readAs(eventSchema, event.data);
  if ("malformed" in read) return read.malformed;
  const { created_at: at, data } = read.data;
  const messageId = ours.data.tags[messageKey];
  if (ours.type !== "email.bounced" || data.bounce === undefined) return verified([report(messageId, kind, at)]);
  const { type, subType = type } = data.bounce;
  return verified([report(messageId, resendBounceTypes.get(type) ?? kind, at, subType)]);
}
