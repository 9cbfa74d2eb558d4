import { randomBytes } from "node:crypto";
import type { FetchRequest } from "@tidings/contract/workflows";
import { Pool } from "undici";
import { z } from "zod";
import { InProcessBroadcast } from "../broadcast/in-process.ts";
import { AjvSchemas } from "../data-schemas/ajv-schemas.ts";
import { stepKinds } from "../domain/steps/step-kinds.ts";
import { IdSource } from "../lib/ids.ts";
import { Keyring } from "../lib/keyring.ts";
import { SystemClock } from "../lib/system-clock.ts";
import { SystemRandom } from "../lib/system-random.ts";
import { Ingest } from "../pipeline/ingest/ingest.ts";
import type { DryRunDependencies } from "../pipeline/orchestrate/dry-run/dependencies.ts";
import { DryRun } from "../pipeline/orchestrate/dry-run/dry-run.ts";
import { History } from "../pipeline/orchestrate/dry-run/history.ts";
import { WholeDryRun } from "../pipeline/orchestrate/dry-run/whole-dry-run.ts";
import { turnLimits, undescribedTenants } from "../pipeline/orchestrate/effect-limits.conformance.ts";
import { Preview } from "../pipeline/orchestrate/replay/preview.ts";
import type { Clock } from "../ports/clock.ts";
import type { FeedbackResult, MailboxEntry } from "../ports/provider.ts";
import type { Queue } from "../ports/queue.ts";
import type { Store } from "../ports/store/store.ts";
import type { SourceIngest } from "../sources/item-settler.ts";
import { SourceReplays } from "../sources/source-replays.ts";
import { ConfigurationCache } from "../store/configuration-cache.ts";
import { Database } from "../store/sqlite/database.ts";
import { inProcessStore } from "../store/sqlite/in-process.ts";
import { migrate } from "../store/sqlite/migrate.ts";
import { HandlebarsEngine } from "../templates/handlebars.ts";
import { HandlebarsRequests } from "../templates/handlebars-request.ts";
import { describeApiKey } from "./api-keys.ts";
import { StoredConfigurationRules } from "./configuration-rules.ts";
import { ConfigurationWriter } from "./configuration-writer.ts";
import type { ApiDependencies } from "./dependencies.ts";
import { PartUsers } from "./part-users.ts";
import { type Api, createApi } from "./server.ts";

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  json: unknown;
}

interface Request {
  method?: "GET" | "POST" | "PUT" | "DELETE" | "PATCH" | "OPTIONS";
  body?: unknown;
  /** Sent as it is, in place of `body`. */
  raw?: string | Buffer;
  headers?: Record<string, string>;
  key?: string | null;
}

/** The API over the real store and the real ingest, listening on a free port, with two environments. */
export interface ApiBench {
  api: Api;
  port: number;
  store: Store;
  keyring: Keyring;
  cache: ConfigurationCache;
  /** What was logged. */
  logged: { fields: object; message: string }[];
  mails: MailboxEntry[];
  key: string;
  otherKey: string;
  call(path: string, request?: Request): Promise<Answer>;
  close(): Promise<void>;
}

const unwatched = { planAhead: () => undefined, onAccepted: () => {}, onDurable: () => {} };
const dropQueue: Queue = { publish: () => {}, consume: () => {}, wake: () => {}, depth: () => 0, stop: async () => {} };

const ingestLimits = {
  acceptingEventsMax: 5000,
  acceptingBytesMax: 64e6,
  retryAfterSeconds: 1,
  idempotencyTtlMs: 86_400_000,
  idempotencyWaitMs: 5000,
  pacedEvents: 1000,
  paceMaxMs: 10,
  replayedPerSecond: 50,
  replayedPerSecondMax: 100,
};

/** A real store in memory, with a real keyring. */
function ground() {
  const clock = new SystemClock();
  const random = new SystemRandom();
  const ids = new IdSource(
    () => clock.now(),
    (length) => random.bytes(length),
  );
  const database = new Database(":memory:", { cacheMib: 8, checkpointPages: 1000 });
  migrate(database, clock.now());
  const limits = { turnMs: 10, turnCallsMax: 500 };
  const store = inProcessStore(database, { limits, monotonic: () => clock.monotonic(), schedule: setImmediate });
  const keyring = new Keyring(randomBytes(32), (length) => random.bytes(length), 100);
  return { clock, random, ids, database, store, keyring };
}

const machines: Pick<
  ApiDependencies,
  "statistics" | "visits" | "readiness" | "standing" | "metrics" | "workers" | "optOut" | "tracer" | "version"
> = {
  statistics: { minutesKeptHours: 48, hoursKeptDays: 35, partRowsMax: 100, partsMax: 50 },
  visits: { record: () => {}, passOver: () => {} },
  tracer: undefined,
  version: "0.0.0",
  optOut: {
    publicUrl: () => "https://n.example",
    consentLinkHours: 24,
    ratePerLinkPerSecond: 20,
    bodyBytesMax: 10_000,
  },
  workers: { list: async () => [] },
  standing: {
    probe: async () => undefined,
    facts: async () => ({ now: 0, integrations: [], uses: [], reads: [], publicUrl: undefined }),
    mailSenders: () => [],
  },
  readiness: async () => ({ store: { ok: true } }),
  metrics: async () => ({ contentType: "text/plain; version=0.0.4", text: "up 1\n" }),
};
const dataSchemas = new AjvSchemas();
const requests = new HandlebarsRequests();
const engines = {
  templates: new HandlebarsEngine(),
  compileRequest: (request: FetchRequest) => requests.compile(request),
};

const historyLimits = { historyMs: 5000, historyEventsMax: 100, historyRecipientsMax: 100, historiesMax: 1 };
const dryRunLimits = { dryRunMs: 5000, dryRunRecipientsMax: 100, dryRunsMax: 2 };
type DryRunParts = Pick<DryRunDependencies, "store" | "keyring" | "ids" | "clock" | "configuration" | "lookBack">;
function dryRunsOf(parts: DryRunParts & { store: Store; clock: Clock }) {
  const dryRun = new DryRun({
    ...parts,
    dataSchemas,
    tenants: undescribedTenants,
    steps: stepKinds,
    limits: turnLimits,
  });
  const limits = { replayLookedMax: 10, previewMs: 5000, previewWeighedMax: 5, previewRecipientsMax: 100 };
  const histories = new History({ ...parts, dataSchemas, dryRun, limits: { ...limits, ...historyLimits } });
  const whole = new WholeDryRun({ ...parts, dryRun, limits: dryRunLimits });
  return { dryRun: whole, replayPreviews: new Preview({ ...parts, dataSchemas, dryRun, limits }), histories };
}

const cacheLimits = { pollIntervalMs: 1000, pageMax: 100, oldVersionsMax: 10 };
const partUsers = new PartUsers(engines.templates, { partUsersCheckedMax: 3 });

export async function apiBench(
  changes: (all: ApiDependencies) => Partial<ApiDependencies> = () => ({}),
): Promise<ApiBench> {
  const { clock, random, ids, database, store, keyring } = ground();
  const key = await environment(store, keyring, ids, "development");
  const otherKey = await environment(store, keyring, ids, "production");
  const broadcast = new InProcessBroadcast(() => {});
  const logged: ApiBench["logged"] = [];
  const mails: MailboxEntry[] = [];
  const onFault = faultsInto(logged);
  const cache = new ConfigurationCache({ store, broadcast, clock, keyring, onFault }, cacheLimits);
  await cache.start();
  const ingest = new Ingest({
    store,
    configuration: cache,
    dataSchemas,
    keyring,
    clock,
    ids,
    queue: dropQueue,
    limits: ingestLimits,
    ...unwatched,
    onStoreError: faultsInto(logged, "store"),
  });
  const rules = new StoredConfigurationRules({ store, provider, ...engines, dataSchemas });
  const dependencies: ApiDependencies = {
    ingest,
    feedback: { report: async (_environmentId, feedback) => feedback.length },
    verifyFeedback: async (_environmentId, integration, request) => verify(integration, request.rawBody),
    answersKeywords: (name) => name === "answering",
    configuration: { store, writer: new ConfigurationWriter({ store, rules, partUsers, keyring, broadcast, clock }) },
    refresh: () => cache.refresh(),
    templates: engines.templates,
    store,
    keyring,
    clock,
    ids,
    random,
    broadcast,
    sourceReplays: replaysOf(cache, ingest, store, keyring, clock),
    ...machines,
    mailbox: mailboxOf(mails),
    mailboxToken: (environmentKey, token) => environmentKey === "development" && token === "sesame",
    logger: { error: (fields, message) => logged.push({ fields, message }) },
    ...bounds,
    ...dryRunsOf({ store, keyring, ids, clock, configuration: cache, lookBack: cache }),
  };
  const api = await createApi({ ...dependencies, ...changes(dependencies) });
  const port = await api.listen("127.0.0.1", 0);
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 8 });
  return {
    api,
    port,
    store,
    keyring,
    cache,
    logged,
    mails,
    key,
    otherKey,
    call: (path, request = {}) => send(pool, path, request, key),
    close: async () => {
      await pool.close();
      await api.close();
      await cache.stop();
      database.close();
    },
  };
}

export const sourceLimits = {
  itemsPerCall: 100,
  recordBytesMax: 50_000,
  depthMax: 32,
  keptBytesMax: 200_000,
  waitMaxMs: 100,
  refusedInRowMax: 1000,
  refusedPauseMs: 1000,
};

export const sourceIngestOf = (ingest: ApiDependencies["ingest"]): SourceIngest => ({
  events: (environmentId, events) =>
    ingest.acceptBatch(environmentId, events, () => {
      throw new Error("is no change");
    }),
  message: (environmentId, body, key) => ingest.acceptMessage(environmentId, body, key),
});

function replaysOf(
  cache: ConfigurationCache,
  ingest: ApiDependencies["ingest"],
  store: Store,
  keyring: Keyring,
  clock: Clock,
): SourceReplays {
  const limits = sourceLimits;
  const sources = () => cache.sources();
  return new SourceReplays({
    sources,
    ingest: sourceIngestOf(ingest),
    store,
    keyring,
    clock,
    limits,
    onFault: () => {},
  });
}

const faultsInto =
  (logged: ApiBench["logged"], message = "configuration") =>
  (error: unknown) =>
    void logged.push({ fields: { err: error }, message });

const mailboxOf = (mails: readonly MailboxEntry[]): ApiDependencies["mailbox"] => ({
  list: async () => [...mails],
  find: async (_environmentId, id) => mails.find((mail) => mail.id === id),
});

export const apiLimits: ApiDependencies["limits"] = {
  bodyBytesMax: 1024 * 1024,
  batchBodyBytesMax: 8 * 1024 * 1024,
  messageAttachmentsBytesMax: 1024 * 1024,
  feedbackBodyBytesMax: 1024 * 1024,
  retryAfterSeconds: 1,
  answersPerHourMax: 5,
  answerLifeMs: 900_000,
  configurationBodyBytesMax: 8 * 1024 * 1024,
  bodyDepthMax: 32,
  ratePerKeyPerSecond: 100_000,
  requestTimeoutMs: 30_000,
  // Longer than any stall of a busy machine: a connection that is closed while a request is on its way is no answer.
  keepAliveTimeoutMs: 120_000,
  connectionsMax: 100,
  trustedProxies: [],
  cachedKeysMax: 100,
  cachedKeyMs: 1000,
  eventMessagesShownMax: 1000,
  suppressionImportRowsMax: 500,
  suppressionImportBytesMax: 100_000,
  webhooksMax: 5,
  segmentMessagesMax: 10,
  segmentCountMs: 1000,
  segmentCountsMax: 2,
};

export const inboxSettings: ApiDependencies["inbox"] = {
  bounds: { itemsMax: 100, changesMax: 100 },
  batchMax: 10,
  origins: ["https://shop.example"],
  ratePerTokenPerSecond: 100_000,
  readBatchMax: 10,
  changesReadMax: 10,
  connectionsMax: 10,
  connectionsPerRecipientMax: 4,
  bufferedBytesMax: 256 * 1024,
  heartbeatMs: 60_000,
  pollIntervalMs: 200,
};

const bounds = { limits: apiLimits, inbox: inboxSettings };

const provider = (name: string) => (name === "test" ? testProvider : undefined);
const testProvider = {
  channels: ["email" as const, "webhook" as const],
  schema: z.strictObject({ url: z.string().optional(), password: z.string().min(4).optional() }),
  secretNames: ["password"],
};

function verify(integration: string, rawBody: Buffer): FeedbackResult | undefined {
  if (integration !== "hooks") return undefined;
  if (rawBody.toString() === "forged") return { status: "forged" };
  if (rawBody.toString() === "odd") return { status: "malformed", detail: "odd" };
  return { status: "verified", feedback: [{ messageId: "m", kind: "delivered", at: 1 }] };
}

async function environment(store: Store, keyring: Keyring, ids: IdSource, name: string): Promise<string> {
  const row = await store.createEnvironment({
    key: name,
    wrappedDataKey: keyring.newWrappedKey(),
    wrappedAddressKey: keyring.newWrappedKey(),
    createdAt: 1,
  });
  keyring.addEnvironment(row);
  const { key, ...stored } = describeApiKey(`tdg_${name.slice(0, 1)}_${randomBytes(32).toString("base64url")}`);
  await store.createApiKey({ id: ids.next(), environmentId: row.id, name: "first", ...stored, createdAt: 1 });
  return key;
}

async function send(pool: Pool, path: string, request: Request, ownKey: string): Promise<Answer> {
  const key = request.key === undefined ? ownKey : request.key;
  const content = request.raw ?? (request.body === undefined ? null : JSON.stringify(request.body));
  const response = await pool.request({
    path,
    method: request.method ?? (content === null ? "GET" : "POST"),
    body: content,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(content === null ? {} : { "content-type": "application/json" }),
      ...request.headers,
    },
  });
  const text = await response.body.text();
  const isJson = /json/.test(String(response.headers["content-type"]));
  return {
    status: response.statusCode,
    headers: response.headers,
    text,
    json: isJson && text !== "" ? JSON.parse(text) : undefined,
  };
}
