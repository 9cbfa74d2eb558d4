import { randomBytes, randomUUID } from "node:crypto";
import { resolveGuarded } from "../../lib/address-guard.ts";
import { HmacKey } from "../../lib/hmac-key.ts";
import { OutboundHttpClient } from "../../lib/outbound-http.ts";
import { OutboundHttp2Client } from "../../lib/outbound-http2.ts";
import { keyedHash } from "../../lib/seal.ts";
import { SystemClock } from "../../lib/system-clock.ts";
import type { InboxEntry } from "../../ports/inbox.ts";
import type {
  Feedback,
  MailboxEntry,
  OutboundHttp,
  OutboundMessage,
  ProviderEnvironment,
} from "../../ports/provider.ts";
import type { RequestTrace } from "../../ports/tracer.ts";

const hashKey = new HmacKey(Buffer.alloc(32, 7));

export interface TestEnvironment extends ProviderEnvironment {
  entries: MailboxEntry[];
  /** What lies in inboxes. */
  stored: InboxEntry[];
  reported: Feedback[];
  /** Resolves when that many reports have come. */
  reports(count: number): Promise<Feedback[]>;
  close(): Promise<void>;
}

/** What the HTTP requests of this file's tests were said to belong to, in order. */
export const requestTraces: (RequestTrace | undefined)[] = [];

/** A provider's environment with the real HTTP client and resolver, the system's clock, and lists to look into. */
export function testEnvironment(allowPrivateNetwork = true): TestEnvironment {
  const http = new OutboundHttpClient({ allowPrivateNetwork });
  const http2 = new OutboundHttp2Client({ allowPrivateNetwork });
  const entries: MailboxEntry[] = [];
  const inbox: InboxEntry[] = [];
  const reported: Feedback[] = [];
  let waiting: { count: number; resolve: (feedback: Feedback[]) => void } | undefined;
  const settle = (): void => {
    if (waiting !== undefined && reported.length >= waiting.count) waiting.resolve([...reported]);
  };
  return {
    environmentId: 1,
    integration: "test",
    clock: new SystemClock(),
    random: { number: Math.random, bytes: randomBytes },
    http: noting(http),
    http2: noting(http2),
    feedbackUrl: "https://tidings.example.com/v1/feedback/test?environment=development",
    resolve: (host) => resolveGuarded(host, { allowPrivateNetwork }),
    mailbox: {
      append: async (_environmentId, added) => {
        entries.push(...added);
      },
      list: async (_environmentId, limit) => entries.slice(-limit).reverse(),
      find: async (_environmentId, id) => entries.find((entry) => entry.id === id),
    },
    inbox: {
      deliver: async (_environmentId, _lane, added) => {
        const results = added.map(({ messageId }): "stored" | "duplicate" =>
          inbox.some((entry) => entry.messageId === messageId) ? "duplicate" : "stored",
        );
        inbox.push(...added.filter((_, index) => results[index] === "stored"));
        return results;
      },
    },
    hash: (...parts) => keyedHash(hashKey, ...parts),
    report: async (feedback) => {
      reported.push(...feedback);
      settle();
    },
    entries,
    stored: inbox,
    reported,
    reports: (count) =>
      new Promise((resolve) => {
        waiting = { count, resolve };
        settle();
      }),
    close: async () => {
      await Promise.all([http.close(), http2.close()]);
    },
  };
}

const noting = (http: OutboundHttp): OutboundHttp => ({
  request: (request) => {
    requestTraces.push(request.trace);
    return http.request(request);
  },
});

/** A message with an id of its own, and content for every channel. */
export function outbound(
  channel: OutboundMessage["channel"],
  to: string,
  changes: Partial<OutboundMessage> = {},
): OutboundMessage {
  const id = randomUUID();
  return {
    id,
    attempt: 1,
    idempotencyKey: id,
    channel,
    lane: "transactional",
    tenant: undefined,
    recipient: "user-1",
    category: "orders",
    to,
    content: { subject: "Grüße", text: "Hello\n.\nworld", html: "<p>Hello</p>", body: JSON.stringify({ id }) },
    createdAt: Date.now(),
    expiresAt: null,
    ...changes,
  };
}
