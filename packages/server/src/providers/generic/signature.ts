import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { FeedbackRequest } from "../../ports/provider.ts";
import type { SignatureSettings } from "./webhook-settings.ts";

/** How far a signed timestamp may be from now, s, both ways. */
export const signatureToleranceSeconds = 300;

/** Whether a request carries what only the vendor can have made. Takes as long for a near miss as for a far one. */
export function isSigned(settings: SignatureSettings, secret: string, request: FeedbackRequest): boolean {
  const given = headerOf(request, settings.header);
  if (given === undefined) return false;
  if (settings.type === "token") return isSame(given, settings.prefix + secret);
  const signer = createHmac("sha256", secret);
  if (settings.timestampHeader !== undefined) {
    const timestamp = headerOf(request, settings.timestampHeader);
    if (timestamp === undefined || !isRecent(timestamp, settings.timestampUnit, request.now)) return false;
    signer.update(`${timestamp}.`);
  }
  return isSame(given, settings.prefix + signer.update(request.rawBody).digest(settings.encoding));
}

function headerOf({ headers }: FeedbackRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : undefined;
}

function isRecent(timestamp: string, unit: "seconds" | "milliseconds", now: number): boolean {
  if (!/^\d{1,16}$/.test(timestamp)) return false;
  const ms = Number(timestamp) * (unit === "seconds" ? 1000 : 1);
  return Math.abs(now - ms) <= signatureToleranceSeconds * 1000;
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

const isSame = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected));
