import { createHmac, hash, timingSafeEqual } from "node:crypto";
import type { Feedback, FeedbackKind, FeedbackRequest, FeedbackResult, InboundMessage } from "../../ports/provider.ts";
import { parsedJson } from "../vendor-outcome.ts";
import type { TwilioAccount } from "./account.ts";
import { callStates, failureKinds, messageStates } from "./codes.ts";

/** What Twilio does for an inbound message, by TwiML: nothing. Another content type is an error in its debugger. */
const noAnswer = { contentType: "text/xml", body: '<?xml version="1.0" encoding="UTF-8"?><Response/>' };

const idMax = 200;

/**
 * Reports of messages and calls, and messages that came in, by twilio.com/docs/usage/webhooks/webhooks-security. No time is
 * signed, so one may come again; reports may as often as they like, as states only move up.
 */
export function readTwilio({ authToken }: TwilioAccount, request: FeedbackRequest): FeedbackResult {
  const signature = request.headers["x-twilio-signature"];
  if (authToken === undefined || typeof signature !== "string") return { status: "forged" };
  const url = URL.canParse(request.url) ? new URL(request.url) : undefined;
  if (url === undefined) return { status: "forged" };
  const bodyHash = url.searchParams.get("bodySHA256");
  const form = bodyHash === null ? new URLSearchParams(request.rawBody.toString()) : new URLSearchParams();
  if (!isSigned(authToken, signature, request.url, form)) return { status: "forged" };
  if (bodyHash === null) return read(form, url, request.now);
  if (!isEqual(bodyHash.toLowerCase(), hash("sha256", request.rawBody, "hex"))) return { status: "forged" };
  const fields = jsonFields(request.rawBody);
  return fields === undefined ? { status: "malformed", detail: "not a JSON object" } : read(fields, url, request.now);
}

/** What is signed: the address as it was called, with or without its port, and behind it each field in order of its name. */
function isSigned(authToken: string, signature: string, url: string, form: URLSearchParams): boolean {
  const fields = [...new Set(form.keys())].sort().map((name) => {
    const values = [...new Set(form.getAll(name))].sort();
    return values.map((value) => name + value).join("");
  });
  return withAndWithoutPort(url)
    .map((called) =>
      createHmac("sha1", authToken)
        .update(called + fields.join(""))
        .digest("base64"),
    )
    .some((expected) => isEqual(signature, expected));
}

/** The address is signed letter for letter, so nothing else of it may change. */
function withAndWithoutPort(url: string): string[] {
  const [, scheme = "", host = "", port, rest = ""] = /^([a-z]+:\/\/)([^/?#]*?)(:\d+)?([/?#].*)?$/i.exec(url) ?? [];
  const standard = scheme.toLowerCase() === "https://" ? ":443" : ":80";
  return [scheme + host + rest, scheme + host + (port ?? standard) + rest];
}

function isEqual(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Scalars alone: nothing that is read here is nested. */
function jsonFields(rawBody: Buffer): URLSearchParams | undefined {
  const value = parsedJson(rawBody);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const fields = new URLSearchParams();
  for (const [name, one] of Object.entries(value))
    if (typeof one === "string" || typeof one === "number") fields.append(name, String(one));
  return fields;
}

function read(fields: URLSearchParams, url: URL, now: number): FeedbackResult {
  const kinds = kindsOf(fields);
  if (kinds !== undefined) {
    const messageId = url.searchParams.get("message") ?? "";
    if (messageId === "" || messageId.length > idMax) return { status: "verified", feedback: [] };
    return { status: "verified", feedback: reports(kinds, messageId, fields, now) };
  }
  const inbound = inboundOf(fields, now);
  if (inbound === undefined) return { status: "malformed", detail: "neither a status nor a message" };
  return { status: "verified", feedback: [], inbound: [inbound], answer: noAnswer };
}

/** Undefined where it is no report. */
function kindsOf(fields: URLSearchParams): readonly FeedbackKind[] | undefined {
  const message = fields.get("MessageStatus");
  if (message !== null) {
    if (!messageStates.has(message)) return [];
    return messageStates.get(message) ?? failureKinds.get(fields.get("ErrorCode") ?? "") ?? ["failed"];
  }
  const call = fields.get("CallStatus");
  return call === null ? undefined : (callStates.get(call) ?? []);
}

function reports(kinds: readonly FeedbackKind[], messageId: string, fields: URLSearchParams, now: number): Feedback[] {
  // Only calls say when; a message's RawDlrDoneDate has no zone and only minutes
  const said = Date.parse(fields.get("Timestamp") ?? "");
  const at = Number.isNaN(said) ? now : Math.min(said, now);
  const code = fields.get("ErrorCode") ?? fields.get("CallStatus") ?? "";
  const named = /^[\w-]{1,50}$/.test(code) ? { code } : {};
  return kinds.map((kind) => ({ messageId, kind, at, ...named }));
}

/** `From` is a number, or one on WhatsApp. A message of nothing but media has no text. */
function inboundOf(fields: URLSearchParams, now: number): InboundMessage | undefined {
  const id = fields.get("MessageSid") ?? fields.get("SmsSid") ?? "";
  const from = fields.get("From") ?? "";
  if (id === "" || id.length > idMax || from === "" || from.length > idMax) return undefined;
  const message = { id, from, text: fields.get("Body") ?? "", at: now };
  return from.startsWith("whatsapp:") ? { ...message, channel: "chat" } : message;
}
