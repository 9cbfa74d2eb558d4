import { valueAt } from "../../domain/json-path.ts";
import type { OutboundMessage } from "../../ports/provider.ts";
import { parsedJson } from "../vendor-outcome.ts";

/** What a request may be made of. */
export interface Facts {
  /** Undefined around the messages of a call that carries several. */
  message: OutboundMessage | undefined;
  callId: string;
  /** Where the vendor is to report. */
  feedbackUrl: string | undefined;
  /** ms. */
  now: number;
}

/** What of a message may be asked for, by the name that settings give it. */
const messageFacts: Readonly<Record<string, (message: OutboundMessage) => unknown>> = {
  id: ({ id }) => id,
  attempt: ({ attempt }) => attempt,
  idempotencyKey: ({ idempotencyKey }) => idempotencyKey,
  channel: ({ channel }) => channel,
  lane: ({ lane }) => lane,
  tenant: ({ tenant }) => tenant,
  recipient: ({ recipient }) => recipient,
  category: ({ category }) => category,
  to: ({ to }) => to,
  createdAt: ({ createdAt }) => createdAt,
  expiresAt: ({ expiresAt }) => expiresAt ?? undefined,
  unsubscribeUrl: ({ unsubscribeUrl }) => unsubscribeUrl,
  subject: ({ content }) => content.subject,
  text: ({ content }) => content.text,
  html: ({ content }) => content.html,
  body: ({ content }) => (content.body === undefined ? undefined : parsedJson(Buffer.from(content.body))),
  locale: ({ content }) => content.locale,
  push: ({ content }) => content.push,
  inApp: ({ content }) => content.inApp,
  mediaUrls: ({ content }) => content.mediaUrls,
  stored: ({ content }) => content.stored,
  attachments: ({ content }) =>
    content.attachments?.map(({ content: file, ...rest }) => ({
      ...rest,
      content: typeof file === "string" ? file : file.toString("base64"),
    })),
};

const callFacts: Readonly<Record<string, (facts: Facts) => unknown>> = {
  "call.id": ({ callId }) => callId,
  feedbackUrl: ({ feedbackUrl }) => feedbackUrl,
  now: ({ now }) => now,
};

/** What is wrong with a path; undefined where there is such a thing. */
export function pathFault(path: string, hasMessage: boolean): string | undefined {
  if (Object.hasOwn(callFacts, path)) return undefined;
  const [root, name = ""] = path.split(".");
  if (root !== "message" || !Object.hasOwn(messageFacts, name)) return `there is no ${path}`;
  return hasMessage ? undefined : `${path} is of one message: it belongs into $items`;
}

/** Undefined where the message has no such thing. */
export function factAt(facts: Facts, path: string): unknown {
  const call = Object.hasOwn(callFacts, path) ? callFacts[path] : undefined;
  if (call !== undefined) return call(facts);
  const [root, name = "", ...rest] = path.split(".");
  const { message } = facts;
  if (root !== "message" || message === undefined || !Object.hasOwn(messageFacts, name)) return undefined;
  return valueAt(messageFacts[name]?.(message), rest.join("."));
}
