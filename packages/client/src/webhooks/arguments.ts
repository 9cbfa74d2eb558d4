import { TidingsWebhookError } from "./webhook-error.ts";

/** What `verifyWebhook` is given, as bytes and texts that can be compared; refused by name where it cannot be used. */

/** Headers as `Request.headers` has them, or as Node's `request.headers`. */
export type WebhookHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

const headerLengthMax = 4096;
const secretsMax = 10;
/** Standard Webhooks 1.0.0: a key has 24 to 64 bytes. */
const keyBytesMin = 24;
const keyBytesMax = 64;
const signatureBytes = 32;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export function keysOf(secret: string | readonly string[]): Uint8Array[] {
  const secrets: readonly unknown[] = Array.isArray(secret) ? secret : [secret];
  if (secrets.length === 0 || secrets.length > secretsMax)
    throw new TidingsWebhookError("argument_malformed", `needs 1 to ${secretsMax} secrets`);
  return secrets.map((one) => {
    const key = typeof one === "string" && one.startsWith("whsec_") ? decoded(one.slice("whsec_".length)) : undefined;
    if (key === undefined || key.length < keyBytesMin || key.length > keyBytesMax)
      throw new TidingsWebhookError("argument_malformed", "a secret must be whsec_ and base64 of 24 to 64 bytes");
    return key;
  });
}

export function bytesOf(rawBody: unknown): Uint8Array {
  if (typeof rawBody === "string") return new TextEncoder().encode(rawBody);
  if (rawBody instanceof Uint8Array) return rawBody;
  if (rawBody instanceof ArrayBuffer) return new Uint8Array(rawBody);
  throw new TidingsWebhookError("argument_malformed", "the body must be the text or the bytes that came, not parsed");
}

export function header(headers: WebhookHeaders, name: string): string {
  const value = headerValue(headers, name);
  if (value === undefined || value === "") throw new TidingsWebhookError("header_missing", `${name} is missing`);
  if (value.length > headerLengthMax) throw new TidingsWebhookError("header_malformed", `${name} is too long`);
  return value;
}

function headerValue(headers: unknown, name: string): string | undefined {
  if (typeof headers !== "object" || headers === null)
    throw new TidingsWebhookError("argument_malformed", "headers must be an object");
  if ("get" in headers && typeof headers.get === "function") {
    const value: unknown = headers.get(name);
    return typeof value === "string" ? value : undefined;
  }
  const found = Object.entries(headers).filter(([own]) => own.toLowerCase() === name);
  const values: unknown[] = found.flatMap(([, value]: [string, unknown]) => value);
  if (values.length > 1) throw new TidingsWebhookError("header_malformed", `${name} is there more than once`);
  return typeof values[0] === "string" ? values[0] : undefined;
}

/** Those of the known version; one of no or another length is none (CVE-2024-21491 took an empty one for right). */
export function signaturesOf(value: string): Uint8Array[] {
  return value.split(" ").flatMap((part) => {
    const [version, signature = "", more] = part.split(",");
    const bytes = version === "v1" && more === undefined ? decoded(signature) : undefined;
    return bytes?.length === signatureBytes ? [bytes] : [];
  });
}

export function checkTime(timestamp: string, toleranceSeconds: number): void {
  if (!Number.isFinite(toleranceSeconds) || toleranceSeconds < 0)
    throw new TidingsWebhookError("argument_malformed", "toleranceSeconds must be a number of 0 or more");
  if (!/^\d{1,12}$/.test(timestamp))
    throw new TidingsWebhookError("header_malformed", "webhook-timestamp must be seconds since 1970");
  const ageSeconds = Date.now() / 1000 - Number(timestamp);
  if (ageSeconds > toleranceSeconds) throw new TidingsWebhookError("timestamp_too_old", "the call is too old");
  if (ageSeconds < -toleranceSeconds)
    throw new TidingsWebhookError("timestamp_too_new", "the call is from the future: is this machine's clock right?");
}

function decoded(text: string): Uint8Array | undefined {
  if (text === "" || !base64.test(text)) return undefined;
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
