import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { feedbackKinds } from "../../domain/feedback.ts";
import type { FeedbackRequest, FeedbackResult } from "../../ports/provider.ts";

export const signatureHeader = "x-simulator-signature";
export const timestampHeader = "x-simulator-timestamp";
const toleranceSeconds = 300;

const reportSchema = z.object({
  messageId: z.string().min(1).max(200),
  kind: z.enum(feedbackKinds),
  at: z.number().min(0).max(8.64e15),
  code: z.string().max(100).exactOptional(),
});
const inboundSchema = z.object({
  id: z.string().min(1).max(200),
  from: z.string().min(1).max(100),
  text: z.string().max(5000),
  at: z.number().min(0).max(8.64e15),
});
const bodySchema = z.object({
  feedback: z.array(reportSchema).max(10_000).default([]),
  inbound: z.array(inboundSchema).max(1000).exactOptional(),
});

/** Hex HMAC-SHA256 over `timestamp.rawBody`; the timestamp is in seconds. */
export const signFeedback = (secret: string, timestamp: string, rawBody: Buffer | string): string =>
  createHmac("sha256", secret).update(`${timestamp}.`).update(rawBody).digest("hex");

/** Verifies the raw body before it is parsed; whoever has no key, or an old request, learns only `forged`. */
export function readFeedback(secret: string | undefined, request: Omit<FeedbackRequest, "url">): FeedbackResult {
  const signature = request.headers[signatureHeader];
  const timestamp = request.headers[timestampHeader];
  if (secret === undefined || typeof signature !== "string" || typeof timestamp !== "string")
    return { status: "forged" };
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(request.now / 1000 - Number(timestamp)) > toleranceSeconds)
    return { status: "forged" };
  const expected = Buffer.from(signFeedback(secret, timestamp, request.rawBody));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { status: "forged" };
  return parse(request.rawBody);
}

function parse(rawBody: Buffer): FeedbackResult {
  let json: unknown;
  try {
    json = JSON.parse(rawBody.toString());
  } catch {
    return { status: "malformed", detail: "not JSON" };
  }
  const parsed = bodySchema.safeParse(json);
  if (parsed.success) return { status: "verified", ...parsed.data };
  return { status: "malformed", detail: `wrong at ${parsed.error.issues[0]?.path.join(".") ?? "its root"}` };
}
