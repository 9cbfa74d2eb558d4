import { Tidings, TidingsError, TidingsInputError } from "@tidings/client";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Pages } from "../../packages/client/src/pages.ts";
import { type ApiBench, apiBench } from "../../packages/server/src/api/bench.conformance.ts";
import { validRecipients, validWorkflow } from "../../packages/server/src/api/valid-bodies.conformance.ts";

const mutations = Number(process.env["TIDINGS_TEST_SDK_MUTATIONS"] ?? 2000);
/** A call that takes longer hangs: the server is in this process. */
const hangMs = 60_000;

let bench: ApiBench;
let tidings: Tidings;
const faults: string[] = [];
beforeAll(async () => {
  bench = await apiBench();
  tidings = new Tidings({
    apiKey: bench.key,
    baseUrl: `http://127.0.0.1:${bench.port}`,
    fetch: async (url, init) => {
      const answer = await fetch(url, init);
      if (answer.status >= 500) faults.push(`${init.method} ${url} ${init.body ?? ""} gave ${answer.status}`);
      return answer;
    },
  });
});
afterAll(() => bench.close());

const id = "018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d";
const options = { timeoutMs: 30_000, retries: 1 };
const template = { email: { subject: "s", text: "t", html: "h" }, sms: { text: "t" } };
const event = {
  recipients: validRecipients,
  data: { total: 7, items: [{ sku: "x" }] },
  tenant: "acme",
  scheduledAt: "2040-01-01T00:00:00Z",
  cancellationKey: "c",
};
const integration = {
  channel: "email",
  provider: "test",
  settings: { url: "u" },
  secrets: { password: "1234" },
  limits: { maxInFlight: 5 },
};
/** Resources of documents that have versions. */
const documents = "workflows templates layouts partials categories integrations sources policies segments";
const versioned = documents.split(" ");
const source = {
  type: "sqs",
  queueUrl: "https://sqs.eu-central-1.amazonaws.com/1/q",
  region: "eu-central-1",
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secrets: { secretAccessKey: "1234" },
  mapping: { event: { name: { $: "n", map: { a: "b" } }, recipients: [{ $: "u" }] } },
} as const;
const recipient = { email: "a@x.org", webhook: ["https://x.org/h"], locale: "de-AT", personal: { a: 1 } };
const message = {
  channel: "email",
  to: { id: "u", email: "a@x.org" },
  category: "c",
  content: { subject: "s", text: "t" },
};

/** Valid arguments of every method of a client. */
const calls: Record<string, unknown[]> = {
  "events.send": ["order.shipped", event, { ...options, idempotencyKey: "k" }],
  "events.sendBatch": [
    [
      { name: "n", recipients: ["u"], idempotencyKey: "k" },
      { name: "m", ...event },
    ],
    options,
  ],
  "events.cancel": ["c", options],
  "events.get": [id, options],
  "messages.send": [message, { ...options, idempotencyKey: "m" }],
  "messages.list": [{ state: "sent", channel: "email", recipient: "u", event: id, limit: 5 }, options],
  "messages.get": [id, options],
  "recipients.put": ["u1", recipient, options],
  "recipients.get": ["u1", options],
  "recipients.delete": ["u1", options],
  "recipients.createInboxToken": ["u1", { ttlSeconds: 60, scopes: ["inbox:read"] }, options],
  "recipients.revokeInboxTokens": ["u1", options],
  "recipients.addConsent": ["u1", { purpose: "news", action: "granted", source: "form", ip: "::1" }, options],
  "recipients.createConfirmation": ["u1", { purpose: "news", channel: "email" }, options],
  "recipients.consents": ["u1", { limit: 3 }, options],
  "recipients.decisions": ["u1", { channel: "email", outcome: "not_sent", limit: 3 }, options],
  "preferences.put": ["u1", { all: { sms: "off" }, categories: { news: { email: "weekly" } } }, options],
  "preferences.get": ["u1", options],
  "preferences.putBatch": [[{ recipient: "u1", all: { sms: "off" } }], options],
  "preferences.read": [["u1", "u2"], options],
  "suppressions.list": [{ channel: "email", limit: 3 }, options],
  "suppressions.add": [[{ channel: "email", address: "a@b.org" }], options],
  "suppressions.remove": ["email.0123456789abcdef0123456789abcdef.everything", options],
  "suppressions.import": ["channel,address\nemail,a@b.org\n", options],
  "topics.put": ["news", { name: "n" }, options],
  "topics.get": ["news", options],
  "topics.list": [{ limit: 3 }, options],
  "topics.delete": ["news", options],
  "topics.subscribe": ["news", ["u1", "u2"], options],
  "topics.unsubscribe": ["news", ["u1"], options],
  "topics.unsubscribeOne": ["news", "u1", options],
  "topics.subscribers": ["news", { limit: 3 }, options],
  "topics.ofRecipient": ["u1", { limit: 3 }, options],
  "campaigns.start": [{ name: "Autumn", event: "order.placed", recipients: ["anna"] }, options],
  "campaigns.get": [id, options],
  "campaigns.list": [{ limit: 3 }, options],
  "campaigns.cancel": [id, options],
  "campaigns.pause": [id, options],
  "campaigns.resume": [id, options],
  "replays.start": [{ events: [id], perSecond: 3 }, options],
  "replays.preview": [{ names: ["order.placed"], from: "2026-11-28T00:00:00Z" }, options],
  "replays.get": [id, options],
  "replays.list": [{ limit: 3 }, options],
  "replays.cancel": [id, options],
  "segments.count": ["quiet-pros", { cursor: "dTE" }, options],
  "segments.put": ["quiet-pros", { where: { field: "recipient.attributes.plan", op: "eq", value: "pro" } }, options],
  "policies.put": ["environment", { preferences: { sms: "off" }, defaultCountry: "AT" }, options],
  "workflows.put": ["w", { ...validWorkflow, category: "c" }, options],
  "workflows.dryRunHistory": ["w", { days: 7, prices: { sms: 0.1 }, list: true }, options],
  "workflows.dryRun": ["w", { recipients: ["u1"], data: { order: "1" }, preview: true }, options],
  "templates.put": ["t", template, options],
  "templates.preview": [
    "t",
    {
      channel: "email",
      locale: "de-AT",
      data: { a: 1 },
      recipient: { id: "u", locale: "de" },
      tenant: "acme",
      template,
    },
    options,
  ],
  "layouts.put": ["l", { email: { html: "<main>{{> content}}</main>", text: "{{> content}}" } }, options],
  "partials.put": ["p", { html: "<p>h</p>", text: "t" }, options],
  "tenants.put": ["acme", { name: "n", branding: { logo: "l", size: 1, dark: true } }, options],
  "categories.put": ["c", { class: "marketing", name: "n", retry: { delaysSeconds: [1, 2] } }, options],
  "integrations.put": ["i", integration, options],
  "integrations.probe": ["i", options],
  ...Object.fromEntries(["findings", "mailSenders", "unreadableMails"].map((m) => [`integrations.${m}`, [options]])),
  "integrations.dmarcReports": [{ limit: 3 }, options],
  "sources.put": ["s", source, options],
  "pauses.pause": ["lane", "marketing", { reason: "r", tenant: "acme" }, options],
  "pauses.resume": ["lane", "marketing", { tenant: "acme" }, options],
  "pauses.list": [{ limit: 3 }, options],
  ...Object.fromEntries(
    [...versioned, "tenants"].flatMap((kind) => [
      [`${kind}.get`, ["w", options]],
      [`${kind}.list`, [{ limit: 3 }, options]],
      [`${kind}.delete`, ["w", options]],
    ]),
  ),
  ...Object.fromEntries(
    versioned.flatMap((kind) => [
      [`${kind}.getVersion`, ["w", 1, options]],
      [`${kind}.versions`, ["w", { limit: 3 }, options]],
      [`${kind}.rollback`, ["w", 1, options]],
    ]),
  ),
  "configuration.check": [{ documents: [{ kind: "category", key: "c", document: { class: "marketing" } }] }, options],
  "configuration.apply": [
    {
      documents: [],
      delete: [{ kind: "layout", key: "nobodys" }],
      expect: [{ kind: "layout", key: "nobodys", version: 0 }],
    },
    options,
  ],
  "environments.list": [options],
  "queues.list": [options],
  "queues.allowances": [{ tenant: "acme" }, options],
  "statistics.get": [
    { groupBy: ["channel", "tenant"], lane: "critical", interval: "hour", limit: 5, from: "2026-11-01T00:00:00Z" },
    options,
  ],
  "workers.list": [options],
  "deadLetters.list": [{ limit: 3 }, options],
  "deadLetters.get": [id, options],
  "deadLetters.replay": [{ reason: "r", channel: "sms", limit: 5 }, options],
  "apiKeys.list": [{ limit: 3 }, options],
  "apiKeys.create": [{ name: "k", environment: "development" }, options],
  "apiKeys.revoke": [id, options],
  "webhooks.list": [{ limit: 3 }, options],
  "webhooks.create": [{ url: "https://x.org/h", types: ["message.sent"], tenant: "acme", enabled: false }, options],
  "webhooks.get": [id, options],
  "webhooks.put": [id, { url: "https://x.org/h", description: "d" }, options],
  "webhooks.delete": [id, options],
  "webhooks.secret": [id, options],
  "webhooks.rotate": [id, { previousValidSeconds: 5 }, options],
  "webhooks.test": [id, { type: "message.bounced" }, options],
  "webhooks.deliveries": [id, { state: "dead", type: "message.sent", limit: 3 }, options],
  "webhooks.resend": [id, id, options],
  health: [options],
  readiness: [options],
};

/** Names of all methods of a client, as in `calls`. */
function methods(): string[] {
  const own = (value: object): string[] =>
    Object.getPrototypeOf(value) === Object.prototype
      ? []
      : [
          ...Object.getOwnPropertyNames(Object.getPrototypeOf(value)).filter((name) => name !== "constructor"),
          ...own(Object.getPrototypeOf(value)),
        ];
  const nested = Object.entries(tidings).flatMap(([name, resource]) => own(resource).map((each) => `${name}.${each}`));
  return [...own(tidings), ...nested];
}

const text = fc.oneof(
  fc.constantFrom("", "\u0000", "a\r\nb", "\ud800", "__proto__", "constructor", "..", "x".repeat(300), "-1", "NaN"),
  fc.string({ unit: "binary", maxLength: 20 }),
);

const thrower = (): never => {
  throw new RangeError("from the caller");
};

/** What no JSON has, made anew each time: some of it holds state, some holds itself. */
const hostile: Record<string, () => unknown> = {
  undefined: () => undefined,
  nan: () => Number.NaN,
  infinity: () => Number.POSITIVE_INFINITY,
  bigint: () => 2n ** 70n,
  symbol: () => Symbol("s"),
  function: () => thrower,
  date: () => new Date(0),
  invalidDate: () => new Date(Number.NaN),
  map: () => new Map([["a", 1]]),
  bytes: () => new Uint8Array([1, 2]),
  boxed: () => Object("text"),
  bare: () => Object.create(null),
  sparse: () => Array.from({ length: 3 }).concat(new Array(2)),
  cycle: () => {
    const value: Record<string, unknown> = {};
    value["self"] = [value];
    return value;
  },
  getter: () => Object.defineProperty({}, "a", { get: thrower, enumerable: true }),
  toJson: () => ({ toJSON: thrower }),
  toJsonOther: () => ({ toJSON: () => 5 }),
  toText: () => ({ toString: thrower, valueOf: thrower, [Symbol.toPrimitive]: thrower }),
  proxy: () => new Proxy({}, { get: thrower, ownKeys: thrower, has: thrower, getPrototypeOf: thrower }),
  revoked: () => {
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    return proxy;
  },
  iterator: () => ({ [Symbol.iterator]: thrower, length: 3 }),
  endless: () => ({ length: 2 ** 53, 0: "a" }),
  deep: () => nested(40),
  abyss: () => nested(20_000),
  aborted: () => AbortSignal.abort(),
  promise: () => Promise.resolve(1),
  thrownNonError: () => ({
    toJSON: () => {
      throw null;
    },
  }),
};

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

interface Change {
  kind: "replace" | "hostile" | "remove" | "add" | "rename" | "double";
  place: number;
  text: string;
  json: unknown;
  hostile: string;
}
const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom("replace", "hostile", "remove", "add", "rename", "double"),
  place: fc.nat(),
  text,
  json: fc.oneof(text, fc.constantFrom(null, true, 0, -1, 1.5, 1e308, 2 ** 53, [], {}), fc.jsonValue({ maxDepth: 3 })),
  hostile: fc.constantFrom(...Object.keys(hostile)),
});

interface Place {
  parent: object;
  name: string;
}

function places(value: unknown): Place[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.keys(value).flatMap((name) => [{ parent: value, name }, ...places(Reflect.get(value, name))]);
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

function mutate(all: readonly Place[], change: Change): void {
  const chosen = all[change.place % Math.max(1, all.length)];
  if (chosen === undefined) return;
  const { parent, name } = chosen;
  const now: unknown = Reflect.get(parent, name);
  if (change.kind === "hostile") define(parent, name, hostile[change.hostile]?.());
  else if (change.kind === "replace") define(parent, name, structuredClone(change.json));
  else if (change.kind === "add" && !Array.isArray(parent)) define(parent, change.text, structuredClone(change.json));
  else if (change.kind === "double" && Array.isArray(parent)) parent.push(now);
  else if (Array.isArray(parent)) parent.splice(Number(name), 1);
  else {
    Reflect.deleteProperty(parent, name);
    if (change.kind === "rename") define(parent, change.text, now);
  }
}

/** Calls a method; of a list it reads at most ten items. */
async function call(name: string, args: unknown[]): Promise<void> {
  const [first = "", second] = name.split(".");
  const target: unknown = second === undefined ? tidings : Reflect.get(tidings, first);
  if (typeof target !== "object" || target === null) throw new Error(`no resource ${first}`);
  const given: unknown = Reflect.apply(Reflect.get(target, second ?? first), target, args);
  if (!(given instanceof Pages)) {
    await given;
    return;
  }
  let left = 10;
  for await (const _item of given) {
    left -= 1;
    if (left === 0) return;
  }
}

/** The error that a call ended with; a call that does not end has one too. */
async function ending(name: string, args: unknown[]): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const hung = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`hangs after ${hangMs} ms`)), hangMs);
  });
  try {
    await Promise.race([hung, call(name, args)]);
    return undefined;
  } catch (error) {
    return error ?? new Error("throws nothing");
  } finally {
    clearTimeout(timer);
  }
}

test("every method of the client has its valid arguments here, and they are taken", async () => {
  expect(Object.keys(calls).sort()).toEqual(methods().sort());
  for (const kind of [
    "categories.put",
    "layouts.put",
    "partials.put",
    "templates.put",
    "tenants.put",
    "workflows.put",
    "recipients.put",
  ]) {
    expect(await ending(kind, calls[kind] ?? []), kind).toBeUndefined();
  }
  for (const [name, args] of Object.entries(calls)) {
    const error = await ending(name, args);
    expect(error === undefined || (error instanceof TidingsError && !(error instanceof TidingsInputError)), name).toBe(
      true,
    );
  }
});

test("no mutation of a call throws anything but a typed error, hangs, or makes a fault of the server", {
  timeout: 60_000 + mutations * 20,
}, async () => {
  let refused = 0;
  let taken = 0;
  const property = fc.asyncProperty(
    fc.constantFrom(...Object.keys(calls)),
    fc.array(change, { minLength: 1, maxLength: 3 }),
    async (name, changes) => {
      const args: unknown[] = structuredClone(calls[name] ?? []);
      const all = places(args);
      for (const one of changes) mutate(all, one);
      const error = await ending(name, args);
      if (error === undefined) {
        taken += 1;
        return;
      }
      expect(error, `${name} ${String(error)}`).toBeInstanceOf(TidingsError);
      if (!(error instanceof TidingsInputError)) return;
      refused += 1;
      expect(error.faults, error.message).not.toHaveLength(0);
      for (const fault of error.faults) expect(fault.message).not.toBe("Invalid input");
    },
  );
  await fc.assert(property, { numRuns: mutations });
  expect(faults).toEqual([]);
  expect(bench.logged).toEqual([]);
  // Both must have been met, or the mutations are too wild, or too tame.
  expect(Math.min(refused, taken)).toBeGreaterThan(mutations / 50);
});
