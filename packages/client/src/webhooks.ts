import { type MessageWebhook, type WebhookEvent, webhookEventSchema } from "@tidings/contract/webhook-events";
import { messageWebhookTypes } from "@tidings/contract/webhooks";
import { isUsable } from "./transport/lenient.ts";
import { bytesOf, checkTime, header, keysOf, signaturesOf, type WebhookHeaders } from "./webhooks/arguments.ts";
import { TidingsWebhookError } from "./webhooks/webhook-error.ts";

export type { WebhookHeaders } from "./webhooks/arguments.ts";
export { TidingsWebhookError, type WebhookFault } from "./webhooks/webhook-error.ts";

/*
 * Verifies what a Tidings server posts to an endpoint, by Standard Webhooks 1.0.0. Web Crypto alone, so it runs on Node 20
 * and newer, in browsers' workers and on edge runtimes.
 */

/** A verified event; what a newer server says in it is handed on as it came. `id` is its `webhook-id`, the same for all attempts and resends: drop what you have seen. */
export type VerifiedWebhook = WebhookEvent & { id: string };

export interface VerifyOptions {
  /** How far the timestamp may be from this machine's clock, both ways: 300 where left out. */
  toleranceSeconds?: number;
}

const toleranceSecondsDefault = 300;

/**
 * Verifies a call to your endpoint and gives its event. `rawBody` is the body as it came, before any parser: parsed and
 * written again it is another one. While a secret is replaced, give both. Rejects with a `TidingsWebhookError`.
 *
 * @example
 * import { verifyWebhook } from "@tidings/client/webhooks";
 *
 * async function hook(request: Request, secret: string): Promise<Response> {
 *   const event = await verifyWebhook(request.headers, await request.text(), secret);
 *   console.log(event.id, event.type, event.data.recipient);
 *   return new Response(null, { status: 204 });
 * }
 */
export async function verifyWebhook(
  headers: WebhookHeaders,
  rawBody: string | Uint8Array | ArrayBuffer,
  secret: string | readonly string[],
  options: VerifyOptions = {},
): Promise<VerifiedWebhook> {
  const keys = keysOf(secret);
  const body = bytesOf(rawBody);
  const id = header(headers, "webhook-id");
  const timestamp = header(headers, "webhook-timestamp");
  const signatures = signaturesOf(header(headers, "webhook-signature"));
  checkTime(timestamp, options?.toleranceSeconds ?? toleranceSecondsDefault);
  const front = new TextEncoder().encode(`${id}.${timestamp}.`);
  const signed = new Uint8Array(front.length + body.length);
  signed.set(front);
  signed.set(body, front.length);
  let matches = false;
  for (const key of keys) {
    const expected = await hmac(key, signed);
    // All are compared, so that the time tells nothing about which one was right.
    for (const signature of signatures) matches = sameBytes(expected, signature) || matches;
  }
  if (!matches) throw new TidingsWebhookError("signature_wrong", "no signature is one of this body and these secrets");
  return { ...eventOf(body), id };
}

/**
 * Whether an event is about a message, whose state and times are in `data` then. Others are about a recipient, and `type` says
 * what is in theirs.
 *
 * @example
 * import { isMessageEvent, type VerifiedWebhook } from "@tidings/client/webhooks";
 *
 * function lineOf(event: VerifiedWebhook): string {
 *   if (isMessageEvent(event)) return `${event.data.id} is ${event.data.state}`;
 *   return `${event.data.recipient}: ${event.type}`;
 * }
 */
export function isMessageEvent<Event extends WebhookEvent>(event: Event): event is Event & MessageWebhook {
  return messageWebhookTypes.some((type) => type === event.type);
}

async function hmac(key: Uint8Array, signed: Uint8Array): Promise<Uint8Array> {
  const { subtle } = crypto;
  // Copies: Web Crypto's types take no view of memory that may be shared.
  const imported = await subtle.importKey("raw", Uint8Array.from(key), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  return new Uint8Array(await subtle.sign("HMAC", imported, Uint8Array.from(signed)));
}

/** In constant time: both have one length, and every byte is looked at. */
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let index = 0; index < a.length; index += 1) difference |= (a[index] ?? 0) ^ (b[index] ?? 0);
  return difference === 0;
}

function eventOf(body: Uint8Array): WebhookEvent {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new TidingsWebhookError("event_unknown", "the body is verified, and no JSON");
  }
  if (isUsable(webhookEventSchema, json)) return json;
  throw new TidingsWebhookError("event_unknown", "the body is verified, and is no event");
}
