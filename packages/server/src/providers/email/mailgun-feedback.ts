import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { FeedbackKind, FeedbackRequest, FeedbackResult } from "../../ports/provider.ts";
import { parsedJson } from "../vendor-outcome.ts";
import { messageKey } from "./http-mail.ts";
import { forged, isFresh, ourId, readAs, report, secondsTime } from "./http-mail-feedback.ts";
import { mailgunEvents, mailgunReasons } from "./mailgun-codes.ts";

/** The signature is in the body, so that much of it is read before it is believed. */
const signatureSchema = z.object({
  signature: z.object({
    timestamp: z.union([z.string().max(12), z.int().min(0)]).transform(String),
    token: z.string().min(1).max(200),
    signature: z.string().regex(/^[0-9a-f]{64}$/i),
  }),
});
const oursSchema = z.object({ "event-data": z.object({ "user-variables": z.object({ [messageKey]: ourId }) }) });
const eventSchema = z.object({
  "event-data": z.object({
    event: z.string(),
    timestamp: secondsTime,
    severity: z.string().nullish(),
    reason: z.string().nullish(),
    "delivery-status": z
      .object({
        code: z.number().nullish(),
        "enhanced-code": z.string().nullish(),
        "bounce-type": z.string().nullish(),
      })
      .nullish(),
    "client-info": z.object({ bot: z.string().nullish() }).nullish(),
  }),
});
type Event = z.infer<typeof eventSchema>["event-data"];

/** Programs that load pictures and follow links of mails that nobody looks at; a picture by way of Gmail is a person's. */
const machines: ReadonlySet<string> = new Set(["apple", "generic"]);

/**
 * Webhooks of Mailgun (v3), one event each. The signature is a hex HMAC-SHA256 of timestamp and token and does not cover the
 * event, so a token counts for one body only.
 */
export function mailgunFeedback(key: string | undefined, { rawBody, now }: FeedbackRequest): FeedbackResult {
  const body = parsedJson(rawBody);
  const signed = signatureSchema.safeParse(body).data?.signature;
  if (key === undefined || signed === undefined || !isFresh(signed.timestamp, now)) return forged;
  const expected = createHmac("sha256", key).update(`${signed.timestamp}${signed.token}`).digest();
  if (!timingSafeEqual(Buffer.from(signed.signature, "hex"), expected)) return forged;
  const once = { key: signed.token, body: rawBody };
  const ours = oursSchema.safeParse(body).data;
  if (ours === undefined) return { status: "verified", feedback: [], once };
  const read = readAs(eventSchema, body);
  if ("malformed" in read) return read.malformed;
  const event = read.data["event-data"];
  const kind = kindOf(event);
  const messageId = ours["event-data"]["user-variables"][messageKey];
  const feedback = kind === undefined ? [] : [report(messageId, kind, event.timestamp, codeOf(event))];
  return { status: "verified", feedback, once };
}

function kindOf({ event, severity, reason, ...more }: Event): FeedbackKind | undefined {
  const kind = mailgunEvents.get(event);
  if (event === "failed") {
    // a temporary failure is tried again by Mailgun
    if (severity !== "permanent") return undefined;
    const failure = mailgunReasons.get(reason ?? "") ?? kind;
    return failure === "bounced" && more["delivery-status"]?.["bounce-type"] === "soft" ? "soft_bounced" : failure;
  }
  const byMachine = machines.has(more["client-info"]?.bot ?? "");
  return byMachine && (kind === "opened" || kind === "clicked") ? undefined : kind;
}

function codeOf({ event, "delivery-status": status }: Event): string | undefined {
  if (event !== "failed") return undefined;
  const code = status?.["enhanced-code"] || status?.code;
  return code === undefined || code === null ? undefined : String(code);
}
