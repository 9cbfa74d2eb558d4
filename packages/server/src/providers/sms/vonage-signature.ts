import { createHmac, createSecretKey, hash, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { readHs256 } from "../../lib/jwt.ts";
import type { FeedbackRequest } from "../../ports/provider.ts";
import { parsedJson } from "../vendor-outcome.ts";

type SignatureMethod = "sha256" | "sha512";
export type Parameters = Readonly<Record<string, unknown>>;

/** Clocks may differ by so much. */
const toleranceMs = 300_000;
/** Vonage pushes a webhook again for a day, and may leave its first `timestamp` in it. What comes again moves nothing twice. */
const repeatedMs = 86_400_000;

const claimsSchema = z.object({
  iat: z.number(),
  exp: z.number().optional(),
  payload_hash: z.string().max(200),
  api_key: z.string().max(100).optional(),
});

/** The parameters of a webhook that Vonage signed; undefined for all else. Never throws. */
export function signedParameters(
  { apiKey, signatureSecret, signatureMethod }: SignatureSettings,
  { headers, rawBody, now }: FeedbackRequest,
): Parameters | undefined {
  if (signatureSecret === undefined) return undefined;
  const { authorization } = headers;
  if (typeof authorization === "string" && /^bearer /i.test(authorization)) {
    const token = authorization.slice("bearer ".length).trim();
    return isTokenFor(token, { apiKey, signatureSecret, rawBody, now }) ? jsonObject(rawBody) : undefined;
  }
  const parameters = jsonObject(rawBody) ?? Object.fromEntries(new URLSearchParams(rawBody.toString()));
  return isSigned(parameters, { signatureSecret, signatureMethod, now }) ? parameters : undefined;
}

interface SignatureSettings {
  apiKey: string;
  signatureSecret?: string | undefined;
  signatureMethod: SignatureMethod;
}

/** Webhooks of the Messages API, by developer.vonage.com/en/getting-started/concepts/webhooks#decoding-signed-webhooks. */
function isTokenFor(
  token: string,
  { apiKey, signatureSecret, rawBody, now }: { apiKey: string; signatureSecret: string; rawBody: Buffer; now: number },
): boolean {
  const claims = claimsSchema.safeParse(readHs256(token, createSecretKey(Buffer.from(signatureSecret))));
  if (!claims.success) return false;
  const { iat, exp, payload_hash: given, api_key: key = apiKey } = claims.data;
  if (Math.abs(now - iat * 1000) > toleranceMs || (exp !== undefined && now - toleranceMs > exp * 1000)) return false;
  // Hashed is the body, or what it is once written without blanks
  const parsed = jsonObject(rawBody);
  const hashed = [rawBody, ...(parsed === undefined ? [] : [Buffer.from(JSON.stringify(parsed))])];
  return key === apiKey && hashed.some((body) => isEqual(given.toLowerCase(), hash("sha256", body, "hex")));
}

/** Webhooks of the SMS API, by developer.vonage.com/getting-started/concepts/signing-messages. */
function isSigned(
  parameters: Parameters,
  { signatureSecret, signatureMethod, now }: { signatureSecret: string; signatureMethod: SignatureMethod; now: number },
): boolean {
  const { sig, ...rest } = parameters;
  const names = Object.keys(rest).sort();
  // A name with & or = in it could be read as two
  if (typeof sig !== "string" || !names.every((name) => /^[\w.-]+$/.test(name))) return false;
  const values = names.map((name) => rest[name]);
  if (!values.every((value) => typeof value === "string")) return false;
  const signed = names.map((name, index) => `&${name}=${String(values[index]).replace(/[&=]/g, "_")}`).join("");
  const expected = createHmac(signatureMethod, signatureSecret).update(signed).digest("hex");
  if (!isEqual(sig.toLowerCase(), expected)) return false;
  const age = now - Number(rest["timestamp"]) * 1000;
  return age >= -toleranceMs && age <= repeatedMs + toleranceMs;
}

function isEqual(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function jsonObject(rawBody: Buffer): Record<string, unknown> | undefined {
  const value = parsedJson(rawBody);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}
