import { codeAt, textAt, valueAt } from "../../domain/json-path.ts";
import type { Feedback, FeedbackKind, FeedbackRequest, FeedbackResult, InboundMessage } from "../../ports/provider.ts";
import { parsedJson } from "../vendor-outcome.ts";
import { isSigned } from "./signature.ts";
import type { WebhookSettings } from "./webhook-settings.ts";

const eventsMax = 10_000;
const textLengthMax = 5000;

/** What one event came to: a report, a reply, nothing, or the place at which it cannot be read. */
type Read = { feedback: Feedback } | { inbound: InboundMessage } | { fault: string } | undefined;

/** Reports and replies as the settings read them; verified over the body as it came before anything in it is looked at. */
export function readWebhook(
  webhook: WebhookSettings | undefined,
  secret: string | undefined,
  request: FeedbackRequest,
): FeedbackResult {
  if (webhook === undefined || secret === undefined || !isSigned(webhook.signature, secret, request))
    return { status: "forged" };
  const json = parsedJson(request.rawBody);
  if (json === undefined) return { status: "malformed", detail: "not JSON" };
  const at = valueAt(json, webhook.events);
  const events = Array.isArray(at) ? at : [at];
  if (at === undefined || events.length > eventsMax) return malformed(webhook.events);
  const feedback: Feedback[] = [];
  const inbound: InboundMessage[] = [];
  for (const [index, event] of events.entries()) {
    const read = readEvent(webhook, event, request.now);
    if (read === undefined) continue;
    if ("fault" in read) return malformed(`${webhook.events}[${index}].${read.fault}`);
    if ("feedback" in read) feedback.push(read.feedback);
    else inbound.push(read.inbound);
  }
  return { status: "verified", feedback, ...(inbound.length === 0 ? {} : { inbound }) };
}

const malformed = (place: string): FeedbackResult => ({
  status: "malformed",
  detail: `wrong at ${place || "its root"}`,
});

function readEvent(webhook: WebhookSettings, event: unknown, now: number): Read {
  const { kind, messageId, code: codePath } = webhook;
  if (typeof event !== "object" || event === null) return { fault: kind.path };
  const said = textAt(event, kind.path, 100);
  const meaning = said !== undefined && Object.hasOwn(kind.table, said) ? kind.table[said] : undefined;
  if (meaning === undefined) return undefined;
  const at = timeOf(webhook, event, now);
  if (at === undefined) return { fault: webhook.at?.path ?? "" };
  if (meaning === "inbound") return readInbound(webhook, event, at);
  const id = messageId === undefined ? undefined : textAt(event, messageId, 200);
  return id === undefined ? undefined : report(id, meaning, at, codeAt(event, codePath));
}

const report = (messageId: string, kind: FeedbackKind, at: number, code: string | undefined): Read => ({
  feedback: { messageId, kind, at, ...(code === undefined ? {} : { code }) },
});

function readInbound({ inbound }: WebhookSettings, event: unknown, at: number): Read {
  if (inbound === undefined) return undefined;
  const id = textAt(event, inbound.id, 200);
  const from = textAt(event, inbound.from, 100);
  const text = valueAt(event, inbound.text);
  if (id === undefined) return { fault: inbound.id };
  if (from === undefined) return { fault: inbound.from };
  if (typeof text !== "string" || text.length > textLengthMax) return { fault: inbound.text };
  return { inbound: { id, from, text, at } };
}

function timeOf({ at }: WebhookSettings, event: unknown, now: number): number | undefined {
  if (at === undefined) return now;
  const value = valueAt(event, at.path);
  const ms =
    at.unit === "iso"
      ? typeof value === "string"
        ? Date.parse(value)
        : Number.NaN
      : (typeof value === "number" || (typeof value === "string" && value !== "") ? Number(value) : Number.NaN) *
        (at.unit === "seconds" ? 1000 : 1);
  return Number.isFinite(ms) && ms >= 0 && ms <= 8.64e15 ? Math.trunc(ms) : undefined;
}
