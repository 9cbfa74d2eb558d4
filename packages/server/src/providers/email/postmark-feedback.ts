import { createHash, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { FeedbackKind, FeedbackRequest, FeedbackResult } from "../../ports/provider.ts";
import { messageKey } from "./http-mail.ts";
import { forged, headerOf, isoTime, ourId, readAs, readJson, report, verified } from "./http-mail-feedback.ts";
import { postmarkBounces, postmarkSuppressions } from "./postmark-codes.ts";

export interface PostmarkCredentials {
  webhookUsername?: string | undefined;
  webhookPassword?: string | undefined;
}

const oursSchema = z.object({ RecordType: z.string(), Metadata: z.object({ [messageKey]: ourId }) });

interface Read {
  kind: FeedbackKind | undefined;
  at: number;
  code?: string;
}

/** What an event of each `RecordType` holds, and says. */
const readings: ReadonlyMap<string, z.ZodType<Read>> = new Map(
  Object.entries({
    Delivery: z.object({ DeliveredAt: isoTime }).transform(({ DeliveredAt: at }): Read => ({ kind: "delivered", at })),
    Bounce: z
      .object({ Type: z.string(), BouncedAt: isoTime })
      .transform(({ Type, BouncedAt: at }): Read => ({ kind: postmarkBounces.get(Type), at, code: Type })),
    SpamComplaint: z
      .object({ BouncedAt: isoTime })
      .transform(({ BouncedAt: at }): Read => ({ kind: "complained", at })),
    Open: z.object({ ReceivedAt: isoTime }).transform(({ ReceivedAt: at }): Read => ({ kind: "opened", at })),
    Click: z.object({ ReceivedAt: isoTime }).transform(({ ReceivedAt: at }): Read => ({ kind: "clicked", at })),
    SubscriptionChange: z
      .object({
        SuppressSending: z.boolean(),
        SuppressionReason: z.string().nullish(),
        Origin: z.string().nullish(),
        ChangedAt: isoTime,
      })
      .transform(({ SuppressSending, SuppressionReason, Origin, ChangedAt: at }): Read => {
        const kind = SuppressSending ? postmarkSuppressions.get(SuppressionReason ?? "") : undefined;
        return { kind: kind === "unsubscribed" && Origin !== "Recipient" ? undefined : kind, at };
      }),
  }),
);

/** Webhooks of Postmark, one event each. Nothing signs them: user and password of the webhook's URL are the whole proof. */
export function postmarkFeedback(credentials: PostmarkCredentials, request: FeedbackRequest): FeedbackResult {
  if (!isAuthentic(credentials, headerOf(request, "authorization"))) return forged;
  const event = readJson(z.unknown(), request.rawBody);
  if ("malformed" in event) return event.malformed;
  const ours = oursSchema.safeParse(event.data).data;
  const reading = ours === undefined ? undefined : readings.get(ours.RecordType);
  if (ours === undefined || reading === undefined) return verified([]);
  const read = readAs(reading, event.data);
  if ("malformed" in read) return read.malformed;
  const { kind, at, code } = read.data;
  return verified(kind === undefined ? [] : [report(ours.Metadata[messageKey], kind, at, code)]);
}

/** RFC 7617. Digests are compared, so that not even a length is told by the time it takes. */
function isAuthentic({ webhookUsername, webhookPassword }: PostmarkCredentials, authorization: string): boolean {
  if (webhookUsername === undefined || webhookPassword === undefined) return false;
  const given = Buffer.from(/^basic +([A-Za-z0-9+/=]+)$/i.exec(authorization)?.[1] ?? "", "base64");
  const expected = Buffer.from(`${webhookUsername}:${webhookPassword}`);
  return timingSafeEqual(digest(given), digest(expected));
}

const digest = (bytes: Buffer): Buffer => createHash("sha256").update(bytes).digest();
