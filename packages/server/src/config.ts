import { limits } from "@tidings/contract/limits";
import { nearest } from "@tidings/contract/nearest";
import { z } from "zod";
import { deliverSettings } from "./deliver-settings.ts";
import { guardSettings } from "./guard-settings.ts";
import { inboundMailFaults, inboundMailSettings } from "./inbound-mail-settings.ts";
import {
  apiKeySchema,
  databaseUrlSchema,
  masterKeySchema,
  originsSetting,
  otlpHeadersSetting,
  otlpUrlSchema,
  publicUrlSchema,
  queueUrlSchema,
  replicaUrlSchema,
  rolesSetting,
} from "./particular-settings.ts";
import { probeSettings } from "./probe-settings.ts";
import { flag, infos, oneOf, optionalText, ratio, type SettingInfo, text, whole } from "./setting-kinds.ts";
import { givenSettings, type SettingFault } from "./settings-sources.ts";
import { sourceSettings } from "./source-settings.ts";
import { statisticSettings } from "./statistic-settings.ts";
import { trustedProxiesSetting } from "./trusted-proxies-setting.ts";
import { webhookSettings } from "./webhook-settings.ts";

/*
 * Every setting once: name, unit, default, limit, whether it is a secret, and what it does. Units stand last in a name.
 * A value comes from the environment, else from the file that TIDINGS_CONFIG_FILE names, else from this table. The
 * table is a zod schema, so that `Config` is derived from it and all faults are found in one go.
 */

const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

const KIB = 1024;
const MIB = 1024 * KIB;
const HOUR_MS = 3_600_000;

// biome-ignore format: one setting per line is what lets this be read as a table
const configSchema = z.object({
  process: z.object({
    roles: rolesSetting,
    dataDir: text("TIDINGS_DATA_DIR", "./data", "Folder of the database and of generated keys; owned by one process"),
    configFile: text("TIDINGS_CONFIG_FILE", "", "YAML or JSON file that holds settings under these same names"),
    notificationsDir: text("TIDINGS_NOTIFICATIONS_DIR", "./notifications", "Folder of categories, integrations, templates and workflows that an empty store starts with"),
    masterKey: optionalText("TIDINGS_MASTER_KEY", masterKeySchema, "base64 of 32 bytes", true, "Opens all data keys; left out, it is made at the first start and kept in the data folder"),
    apiKey: optionalText("TIDINGS_API_KEY", apiKeySchema, "32 to 255 visible ASCII characters", true, "API key of the development environment; left out, one is made at the first start"),
    productionApiKey: optionalText("TIDINGS_PRODUCTION_API_KEY", apiKeySchema, "32 to 255 visible ASCII characters", true, "First API key of the production environment; left out, none is made"),
    logLevel: oneOf("TIDINGS_LOG_LEVEL", logLevels, "info", "Least severe lines that are logged"),
    drainTimeoutMs: whole("TIDINGS_DRAIN_TIMEOUT_MS", "ms", 10_000, [0, 600_000], "Time for what is under way to end when the process stops"),
    openedKeysMax: whole("TIDINGS_OPENED_KEYS_MAX", "keys", 50_000, [100, 10_000_000], "Opened recipient keys that are kept for reuse"),
    heapGrowthPercent: whole("TIDINGS_HEAP_GROWTH_PERCENT", "%", 75, [0, 1000], "How far the heap of JavaScript grows over what was alive in it before it is collected as a whole again; 0 leaves it to V8, which lets it grow fourfold"),
  }),
  api: z.object({
    host: text("TIDINGS_HOST", "127.0.0.1", "Address that the API listens on"),
    port: whole("TIDINGS_PORT", "", 4400, [0, 65_535], "Port that the API listens on; 0 takes a free one"),
    eventBodyBytesMax: whole("TIDINGS_EVENT_BODY_BYTES_MAX", "bytes", MIB, [KIB, 64 * MIB], "Size of a body, other than of a batch"),
    configurationBodyBytesMax: whole("TIDINGS_CONFIGURATION_BODY_BYTES_MAX", "bytes", 32 * MIB, [KIB, 256 * MIB], "Size of a body of documents that are written together"),
    batchBodyBytesMax: whole("TIDINGS_BATCH_BODY_BYTES_MAX", "bytes", 8 * MIB, [KIB, 256 * MIB], "Size of a batch's body"),
    messageAttachmentsBytesMax: whole("TIDINGS_MESSAGE_ATTACHMENTS_BYTES_MAX", "bytes", 10 * MIB, [0, 32 * MIB], "Size of all attachments of a direct message; its body may be larger by as much in base64"),
    bodyDepthMax: whole("TIDINGS_BODY_DEPTH_MAX", "levels", limits.bodyDepth, [2, limits.bodyDepth], "Nesting of a JSON body"),
    acceptingEventsMax: whole("TIDINGS_ACCEPTING_EVENTS_MAX", "events", 20_000, [1, 10_000_000], "Events taken in and not durable yet; above it the answer is 503"),
    acceptingBytesMax: whole("TIDINGS_ACCEPTING_BYTES_MAX", "bytes", 64 * MIB, [KIB, 16_384 * MIB], "Bytes of events taken in and not durable yet; above it the answer is 503"),
    retryAfterSeconds: whole("TIDINGS_RETRY_AFTER_SECONDS", "s", 1, [1, 3600], "Retry-After of a 503"),
    idempotencyTtlMs: whole("TIDINGS_IDEMPOTENCY_TTL_MS", "ms", 24 * HOUR_MS, [60_000, 168 * HOUR_MS], "How long an idempotency key is remembered"),
    idempotencyWaitMs: whole("TIDINGS_IDEMPOTENCY_WAIT_MS", "ms", 5000, [0, 60_000], "How long a concurrent duplicate waits for the first before 409"),
    ratePerKeyPerSecond: whole("TIDINGS_RATE_PER_KEY_PER_SECOND", "requests/s", 100_000, [1, 10_000_000], "Requests per API key and second; above it the answer is 429"),
    trustedProxies: trustedProxiesSetting,
    requestTimeoutMs: whole("TIDINGS_REQUEST_TIMEOUT_MS", "ms", 30_000, [1000, 600_000], "Time in which a request must have arrived whole"),
    keepAliveTimeoutMs: whole("TIDINGS_KEEP_ALIVE_TIMEOUT_MS", "ms", 72_000, [1000, 600_000], "How long an idle connection is kept"),
    connectionsMax: whole("TIDINGS_CONNECTIONS_MAX", "connections", 10_000, [1, 1_000_000], "Open connections"),
    cachedKeysMax: whole("TIDINGS_CACHED_KEYS_MAX", "keys", 10_000, [1, 1_000_000], "API keys kept in memory"),
    cachedKeyMs: whole("TIDINGS_CACHED_KEY_MS", "ms", 1000, [0, 60_000], "How long an API key is taken from memory before the store is asked again"),
    eventMessagesShownMax: whole("TIDINGS_EVENT_MESSAGES_SHOWN_MAX", "messages", 1000, [1, 10_000], "Messages that the answer about an event carries"),
    suppressionImportRowsMax: whole("TIDINGS_SUPPRESSION_IMPORT_ROWS_MAX", "lines", 10_000, [1, 100_000], "Lines of one import of suppressions, which are written in one commit"),
    suppressionImportBytesMax: whole("TIDINGS_SUPPRESSION_IMPORT_BYTES_MAX", "bytes", 8 * MIB, [KIB, 64 * MIB], "Size of such an import"),
  }),
  store: z.object({
    turnMs: whole("TIDINGS_STORE_TURN_MS", "ms", 5, [1, 1000], "Length of one group commit"),
    turnGapMs: whole("TIDINGS_STORE_TURN_GAP_MS", "ms", 2, [0, 100], "Distance between the beginnings of group commits: the next one gathers meanwhile; critical calls wait for none"),
    turnGapMaxMs: whole("TIDINGS_STORE_TURN_GAP_MAX_MS", "ms", 10, [0, 1000], "The same under load: it grows with what the last one carried, up to this"),
    turnCallsMax: whole("TIDINGS_STORE_TURN_CALLS_MAX", "calls", 500, [1, 100_000], "Calls in one group commit"),
    queuedRequestsMax: whole("TIDINGS_STORE_QUEUED_REQUESTS_MAX", "requests", 50_000, [100, 1_000_000], "Requests that wait for the store; further ones are refused"),
    pageCacheMib: whole("TIDINGS_STORE_PAGE_CACHE_MIB", "MiB", 64, [2, 16_384], "SQLite's page cache"),
    walCheckpointPages: whole("TIDINGS_STORE_WAL_CHECKPOINT_PAGES", "pages", 4000, [100, 1_000_000], "Pages in the write-ahead log that start a checkpoint"),
    purgeIntervalMs: whole("TIDINGS_PURGE_INTERVAL_MS", "ms", 60_000, [1000, HOUR_MS], "How often keys that have run out are deleted"),
    purgeRowsMax: whole("TIDINGS_PURGE_ROWS_MAX", "rows", 1000, [10, 100_000], "Keys deleted in one transaction"),
  }),
  database: z.object({
    url: optionalText("TIDINGS_DATABASE_URL", databaseUrlSchema, "postgres://user:password@host:port/name, or several hosts with commas between them", true, "PostgreSQL database of the store, for any number of processes; of several hosts the one that takes writes is used; left out, the embedded store in TIDINGS_DATA_DIR is used"),
    tls: oneOf("TIDINGS_DATABASE_TLS", ["auto", "verify", "off"], "auto", "Whether connections are encrypted and the server's certificate verified; auto does, but for an address of this machine"),
    caFile: text("TIDINGS_DATABASE_CA_FILE", "", "File of the certificates that the database's is verified with; left out, those that Node trusts"),
    connectionsMax: whole("TIDINGS_DATABASE_CONNECTIONS_MAX", "connections", 10, [3, 1000], "Connections of this process; one more listens for hints"),
    connectTimeoutMs: whole("TIDINGS_DATABASE_CONNECT_TIMEOUT_MS", "ms", 5000, [100, 60_000], "Time to connect"),
    statementTimeoutMs: whole("TIDINGS_DATABASE_STATEMENT_TIMEOUT_MS", "ms", 30_000, [100, 600_000], "Time of one statement; the server ends it then"),
    waitMaxMs: whole("TIDINGS_DATABASE_WAIT_MAX_MS", "ms", 10_000, [100, 600_000], "How long a call waits for a connection, as while the database is started again"),
    partitionDays: whole("TIDINGS_DATABASE_PARTITION_DAYS", "days", 7, [1, 90], "Length of the parts that events and messages are kept in"),
    retentionDays: whole("TIDINGS_DATABASE_RETENTION_DAYS", "days", 90, [1, 3650], "How long events, messages and what belongs to them are kept at least; what is still to be done is never dropped"),
    heartbeatMs: whole("TIDINGS_WORKER_HEARTBEAT_MS", "ms", 1000, [100, 60_000], "How often a process says that it lives"),
    leaseMs: whole("TIDINGS_WORKER_LEASE_MS", "ms", 10_000, [500, 600_000], "A process that was not heard of for so long is gone: what it held goes to others"),
    replicaUrl: optionalText("TIDINGS_DATABASE_REPLICA_URL", replicaUrlSchema, "postgres://user:password@host:port/name, or several hosts with commas between them", true, "Standby of the database that lists, depths and sums are read from, where they may be a little behind; of several hosts one that follows closely is used; left out, all is read from the primary"),
    replicaConnectionsMax: whole("TIDINGS_DATABASE_REPLICA_CONNECTIONS_MAX", "connections", 4, [2, 1000], "Connections of this process to it"),
    replicaLagMaxMs: whole("TIDINGS_DATABASE_REPLICA_LAG_MAX_MS", "ms", 5000, [200, 600_000], "How far it may be behind; what would be read from one that is further behind is read from the primary. At least two TIDINGS_WORKER_HEARTBEAT_MS"),
    replicaTimeoutMs: whole("TIDINGS_DATABASE_REPLICA_TIMEOUT_MS", "ms", 2000, [50, 60_000], "Time of one read there, with connecting; then the primary is asked"),
    replicaRetryMs: whole("TIDINGS_DATABASE_REPLICA_RETRY_MS", "ms", 2000, [50, 600_000], "How long it is left alone after it failed or was too far behind"),
  }),
  move: z.object({
    batchRowsMax: whole("TIDINGS_MOVE_BATCH_ROWS_MAX", "rows", 5000, [1, 100_000], "Rows that tidings migrate-store moves, or compares, at once"),
    batchBytesMax: whole("TIDINGS_MOVE_BATCH_BYTES_MAX", "bytes", 8 * MIB, [KIB, 256 * MIB], "Size of those rows; a larger one goes alone"),
    partsMax: whole("TIDINGS_MOVE_PARTS_MAX", "parts", 1000, [1, 20_000], "Parts by time that the rows of a moved store may lie in, per table"),
  }),
  queue: z.object({
    topicItemsMax: whole("TIDINGS_QUEUE_TOPIC_ITEMS_MAX", "items", 20_000, [10, 1_000_000], "Ids per topic in memory; further ones wait in the store"),
    pacedEvents: whole("TIDINGS_QUEUE_PACED_EVENTS", "events", 2000, [1, 1_000_000], "Events of a lane in memory above which taking in slows down"),
    pacedMessages: whole("TIDINGS_QUEUE_PACED_MESSAGES", "messages", 5000, [1, 1_000_000], "Messages of a lane in memory above which orchestrate slows down"),
    paceMaxMs: whole("TIDINGS_QUEUE_PACE_MAX_MS", "ms", 50, [0, 10_000], "How long a call waits at most for the stage after it, and how much later at most who adds to a crowd is answered"),
    hintGapMs: whole("TIDINGS_QUEUE_HINT_GAP_MS", "ms", 10, [0, 10_000], "Distance between the hints with which a process tells others of work in one queue"),
    url: optionalText("TIDINGS_QUEUE_URL", queueUrlSchema, "kafka://user:password@host:port,host2:port/prefix", true, "Broker that carries work between processes that share a PostgreSQL; left out, they find it in the store's rows. The prefix, tidings where left out, stands in front of the names of topics and groups"),
    tls: oneOf("TIDINGS_QUEUE_TLS", ["auto", "verify", "off"], "auto", "Whether connections to the broker are encrypted and its certificate verified; auto does, but for addresses of this machine"),
    caFile: text("TIDINGS_QUEUE_CA_FILE", "", "File of the certificates that the broker's is verified with; left out, those that Node trusts"),
    saslMechanism: oneOf("TIDINGS_QUEUE_SASL_MECHANISM", ["scram-sha-512", "scram-sha-256", "plain"], "scram-sha-512", "How the user in TIDINGS_QUEUE_URL says who it is"),
    partitions: whole("TIDINGS_QUEUE_PARTITIONS", "partitions", 6, [1, 1000], "Partitions of topics that are made: as many processes can share one"),
    replicationFactor: whole("TIDINGS_QUEUE_REPLICATION_FACTOR", "copies", 0, [0, 10], "Copies of topics that are made; 0 leaves it to the broker"),
    connectTimeoutMs: whole("TIDINGS_QUEUE_CONNECT_TIMEOUT_MS", "ms", 5000, [100, 60_000], "Time to connect to the broker"),
    requestTimeoutMs: whole("TIDINGS_QUEUE_REQUEST_TIMEOUT_MS", "ms", 10_000, [1000, 120_000], "Time of one request to the broker"),
    sessionTimeoutMs: whole("TIDINGS_QUEUE_SESSION_TIMEOUT_MS", "ms", 6000, [6000, 300_000], "A process that the broker was not told of for so long loses its partitions to others"),
    fetchBytes: whole("TIDINGS_QUEUE_FETCH_BYTES", "bytes", 64 * KIB, [KIB, 16 * MIB], "Bytes of one partition fetched at once; they may come on top of TIDINGS_QUEUE_TOPIC_ITEMS_MAX"),
    publishBatchMax: whole("TIDINGS_QUEUE_PUBLISH_BATCH_MAX", "items", 2000, [1, 100_000], "Ids in one request to the broker"),
    publishWaitingMax: whole("TIDINGS_QUEUE_PUBLISH_WAITING_MAX", "items", 20_000, [100, 1_000_000], "Ids of one topic that wait to be published; further ones are found again in the store"),
    reclaimAfterMs: whole("TIDINGS_QUEUE_RECLAIM_AFTER_MS", "ms", 10_000, [1000, 600_000], "How old a published row must be before it is taken from the store where the broker has lost it"),
    pollIntervalMs: whole("TIDINGS_QUEUE_POLL_INTERVAL_MS", "ms", 200, [10, 60_000], "How often the store is asked for due work"),
  }),
  orchestrate: z.object({
    batchMax: whole("TIDINGS_ORCHESTRATE_BATCH_MAX", "items", 256, [1, 10_000], "Events or runs in one turn"),
    concurrency: whole("TIDINGS_ORCHESTRATE_CONCURRENCY", "turns", 1, [1, 64], "Turns under way at once per topic"),
    openedRecipientsMax: whole("TIDINGS_ORCHESTRATE_OPENED_RECIPIENTS_MAX", "recipients", 20_000, [0, 1_000_000], "Recipients kept open in memory for the next event"),
    firstTurnRecipientsMax: whole("TIDINGS_ORCHESTRATE_FIRST_TURN_RECIPIENTS_MAX", "recipients", 10, [0, 1000], "Recipients of an event that may be planned before it is stored, so that both are one commit"),
    commitMessagesMax: whole("TIDINGS_ORCHESTRATE_COMMIT_MESSAGES_MAX", "messages", 100, [1, 10_000], "Messages written in one store call"),
    expandedWaitingMax: whole("TIDINGS_EXPANDED_WAITING_MAX", "messages", 20_000, [1, 1_000_000], "Messages of one event with topics, due and not settled, above which the event's topics wait"),
    expansionHeldMs: whole("TIDINGS_EXPANSION_HELD_MS", "ms", 500, [10, 600_000], "How long they wait before the messages are counted again"),
    expansionTurnsMax: whole("TIDINGS_EXPANSION_TURNS_MAX", "turns", 10, [1, 10_000], "Turns that an event has of its topics before other events of its lane have theirs"),
    deferralSpreadMs: whole("TIDINGS_ORCHESTRATE_DEFERRAL_SPREAD_MS", "ms", 600_000, [0, 3_600_000], "Messages that quiet hours, a send window or a cap put off until the same moment go out within so long behind it"),
    attentionEntriesMax: whole("TIDINGS_ORCHESTRATE_ATTENTION_ENTRIES_MAX", "messages", 500, [100, 5000], "Messages to one recipient that are remembered for caps; above it, what is not critical is held to be over"),
    attentionHorizonMs: whole("TIDINGS_ORCHESTRATE_ATTENTION_HORIZON_MS", "ms", 7 * 86_400_000, [1000, 31 * 86_400_000], "How long a message waits at most until a cap has a place for it; one that would wait longer is not made"),
    derivedDepthMax: whole("TIDINGS_DERIVED_DEPTH_MAX", "events", 10, [1, 1000], "Events in a row that steps of workflows send, each from a workflow that the one before has started; a further one is not sent"),
    derivedPerRootMax: whole("TIDINGS_DERIVED_PER_ROOT_MAX", "events and messages", 5000, [1, 100_000_000], "Events that steps of workflows send, and messages of these events, that may come of one event which no step has sent, for all of its recipients together; what is more is not made"),
    derivedCountKeptMs: whole("TIDINGS_DERIVED_COUNT_KEPT_MS", "ms", 31 * 86_400_000, [60_000, 400 * 86_400_000], "How long it is remembered how many there are, behind the last"),
    derivedDataBytesMax: whole("TIDINGS_DERIVED_DATA_BYTES_MAX", "bytes", 256 * KIB, [KIB, 16 * MIB], "Size of the data of an event that a step sends; one with more is not sent"),
    replayedPerSecond: whole("TIDINGS_REPLAYED_PER_SECOND", "events/s", 50, [1, limits.replayedPerSecond], "Events that a replay makes per second, where it does not say"),
    replayedPerSecondMax: whole("TIDINGS_REPLAYED_PER_SECOND_MAX", "events/s", 1000, [1, limits.replayedPerSecond], "The same at most"),
    replayLookedMax: whole("TIDINGS_REPLAY_LOOKED_MAX", "events", 1000, [10, 10_000], "Past events that one look of a replay, or of a dry run over the past, passes for those that it selects"),
    dryRunMs: whole("TIDINGS_DRY_RUN_MS", "ms", 5000, [10, 25_000], "Time of one dry run; whom it has not looked at by then it says"),
    dryRunRecipientsMax: whole("TIDINGS_DRY_RUN_RECIPIENTS_MAX", "recipients", 10_000, [1, 1_000_000], "Recipients that one dry run takes through the workflow, members of topics and segments among them; up to a page more of members"),
    dryRunsMax: whole("TIDINGS_DRY_RUNS_MAX", "calls", 10, [1, 1000], "Dry runs under way at once in this process; above it the answer is 503"),
    historyMs: whole("TIDINGS_DRY_RUN_HISTORY_MS", "ms", 5000, [10, 25_000], "Time of one call of a dry run over past events; one that takes longer is partial, and goes on with a cursor"),
    historyEventsMax: whole("TIDINGS_DRY_RUN_HISTORY_EVENTS_MAX", "events", 10_000, [1, 1_000_000], "Events that such a call weighs"),
    historyRecipientsMax: whole("TIDINGS_DRY_RUN_HISTORY_RECIPIENTS_MAX", "recipients", 50_000, [1, 1_000_000], "Recipients that such a call tells apart; with more of them it goes on with a cursor, within an event too"),
    historiesMax: whole("TIDINGS_DRY_RUN_HISTORIES_MAX", "calls", 1, [1, 100], "Such calls under way at once in this process; above it the answer is 503"),
    replayPreviewMs: whole("TIDINGS_REPLAY_PREVIEW_MS", "ms", 5000, [10, 25_000], "Time of one preview of a replay; what it has not looked at by then it says"),
    replayPreviewWeighedMax: whole("TIDINGS_REPLAY_PREVIEW_WEIGHED_MAX", "events", 500, [0, 100_000], "Events of which a preview makes dry runs"),
    replayPreviewRecipientsMax: whole("TIDINGS_REPLAY_PREVIEW_RECIPIENTS_MAX", "recipients", 10_000, [1, 1_000_000], "Recipients that such dry runs look at, members of topics and segments among them; of each further event a page at most"),
    strideRecipientsMax: whole("TIDINGS_ORCHESTRATE_STRIDE_RECIPIENTS_MAX", "recipients", 250, [1, limits.recipientsPerEvent], "The same of a topic or segment, for marketing while nothing more urgent comes"),
    strideQuietMs: whole("TIDINGS_ORCHESTRATE_STRIDE_QUIET_MS", "ms", 1000, [0, 600_000], "How long nothing more urgent has come before that"),
    turnRecipientsMax: whole("TIDINGS_ORCHESTRATE_TURN_RECIPIENTS_MAX", "recipients", 100, [1, limits.recipientsPerEvent], "Recipients of one event expanded in one turn; on PostgreSQL twice as many of a topic or segment, for marketing"),
  }),
  deliver: deliverSettings,
  fetch: z.object({
    requestsMax: whole("TIDINGS_FETCH_REQUESTS_MAX", "requests", 32, [1, 10_000], "Requests of fetch steps under way at once, per lane"),
    hostRequestsMax: whole("TIDINGS_FETCH_HOST_REQUESTS_MAX", "requests", 8, [1, 10_000], "The same per host"),
    hostWaitingMax: whole("TIDINGS_FETCH_HOST_WAITING_MAX", "runs", 50, [1, 10_000], "Runs of one host and tenant in memory that wait for their request; further ones wait in the store"),
    lookMax: whole("TIDINGS_FETCH_LOOK_MAX", "runs", 1000, [1, 100_000], "Runs that one look into the store takes in"),
    timeoutMs: whole("TIDINGS_FETCH_TIMEOUT_MS", "ms", 10_000, [100, 30_000], "Time of one request, where its step sets none"),
    responseBytesMax: whole("TIDINGS_FETCH_RESPONSE_BYTES_MAX", "bytes", 64 * KIB, [KIB, MIB], "Size of an answer to a fetch step"),
    journalBytesMax: whole("TIDINGS_FETCH_JOURNAL_BYTES_MAX", "bytes", 256 * KIB, [KIB, 4 * MIB], "Size of all results of one run; they go with each of its messages"),
  }),
  digest: z.object({
    eventsMax: whole("TIDINGS_DIGEST_EVENTS_MAX", "events", limits.eventsPerDigest, [1, limits.eventsPerDigest], "Events in one window of a digest; with so many it closes early"),
    bytesMax: whole("TIDINGS_DIGEST_BYTES_MAX", "bytes", 128 * KIB, [KIB, MIB], "Size of the data of all events in one window; an event that does not fit closes it early. They go with each message of the digest"),
  }),
  recent: z.object({
    messagesMax: whole("TIDINGS_RECENT_MESSAGES_MAX", "messages", 100, [1, 1000], "Latest messages of a recipient that a step `recent` looks at"),
  }),
  waits: z.object({
    wakesMax: whole("TIDINGS_WAIT_WAKES_MAX", "runs", 20, [1, 10_000], "Runs of one key that an event which they wait for makes due in its own transaction; the others follow in further ones"),
    wakesPerCallMax: whole("TIDINGS_WAIT_WAKES_PER_CALL_MAX", "runs", 500, [1, 10_000], "Runs that each further transaction makes due"),
    pollMs: whole("TIDINGS_WAIT_POLL_MS", "ms", 5000, [100, 600_000], "How often it is looked for runs that are still to be made due, as after a crash"),
    keptMaxMs: whole("TIDINGS_WAIT_KEPT_MAX_MS", "ms", 31 * 86_400_000, [60_000, 400 * 86_400_000], "How long it is remembered at most that an event came, for runs that reach a step which waits for it later"),
    dataBytesMax: whole("TIDINGS_WAIT_DATA_BYTES_MAX", "bytes", 32 * KIB, [KIB, MIB], "Size of an event's data in the result of a step that has waited for it; larger data is left out"),
  }),
  templates: z.object({
    sourceLengthMax: whole("TIDINGS_TEMPLATE_SOURCE_LENGTH_MAX", "characters", 500_000, [1000, 500_000], "Source of one field of a template"),
    tagsMax: whole("TIDINGS_TEMPLATE_TAGS_MAX", "values", 5000, [1, 100_000], "Values and blocks in one field of a template"),
    renderMs: whole("TIDINGS_TEMPLATE_RENDER_MS", "ms", 250, [10, 60_000], "Time in which one field of a template is rendered"),
    attachmentBytesMax: whole("TIDINGS_ATTACHMENT_BYTES_MAX", "bytes", 10 * MIB, [KIB, 64 * MIB], "Size of one attachment of a template"),
    attachmentsBytesMax: whole("TIDINGS_ATTACHMENTS_BYTES_MAX", "bytes", 20 * MIB, [KIB, 128 * MIB], "Size of all attachments of one mail of a template"),
    outputLengthMax: whole("TIDINGS_TEMPLATE_OUTPUT_LENGTH_MAX", "characters", 1_000_000, [1000, 10_000_000], "What one field of a template may become"),
    passesMax: whole("TIDINGS_TEMPLATE_PASSES_MAX", "passes", 100_000, [1, 10_000_000], "Passes through all loops, and partials taken in, of one field's rendering"),
    partialDepthMax: whole("TIDINGS_TEMPLATE_PARTIAL_DEPTH_MAX", "partials", 10, [1, 30], "Partials that take each other in"),
  }),
  outbound: z.object({
    allowPrivateNetwork: flag("TIDINGS_ALLOW_PRIVATE_NETWORK", false, "Whether calls may go to private and loopback addresses"),
    connectTimeoutMs: whole("TIDINGS_CONNECT_TIMEOUT_MS", "ms", 10_000, [100, 120_000], "Time to resolve and connect"),
    bodyBytesMax: whole("TIDINGS_RESPONSE_BYTES_MAX", "bytes", MIB, [KIB, 64 * MIB], "Size of an answer that is read"),
    originsMax: whole("TIDINGS_ORIGINS_MAX", "origins", 1000, [1, 100_000], "Origins (scheme, host, port) whose connections are kept open"),
    connectionsPerOriginMax: whole("TIDINGS_CONNECTIONS_PER_ORIGIN_MAX", "connections", 128, [1, 10_000], "Connections to one origin"),
    pendingPerOriginMax: whole("TIDINGS_PENDING_PER_ORIGIN_MAX", "requests", 10_000, [1, 1_000_000], "Requests that wait for a connection to one origin"),
  }),
  feedback: z.object({
    bodyBytesMax: whole("TIDINGS_FEEDBACK_BODY_BYTES_MAX", "bytes", 4 * MIB, [KIB, 64 * MIB], "Size of a provider's report"),
    waitingMax: whole("TIDINGS_FEEDBACK_WAITING_MAX", "reports", 20_000, [100, 1_000_000], "Reports that wait to be durable; above it the provider is told to come again"),
    batchMax: whole("TIDINGS_FEEDBACK_BATCH_MAX", "reports", 1000, [1, 10_000], "Reports written in one turn"),
    answersPerHourMax: whole("TIDINGS_KEYWORD_ANSWERS_PER_HOUR_MAX", "answers", 5, [0, 100], "Answers to STOP, START and HELP that one number gets in an hour, so that two programs that answer each other end; 0 answers nobody"),
    answerLifeMs: whole("TIDINGS_KEYWORD_ANSWER_LIFE_MS", "ms", 900_000, [60_000, HOUR_MS], "How long behind the word its answer still goes out, at most TIDINGS_IDEMPOTENCY_TTL_MS"),
  }),
  inboundMail: inboundMailSettings,
  optOut: z.object({
    publicUrl: optionalText("TIDINGS_PUBLIC_URL", publicUrlSchema, "an http or https URL without user name, query and fragment", false, "Where recipients reach this server: links in messages begin with it. Mail has List-Unsubscribe with one click where it is https; left out, it is the API's port on localhost"),
    linkDays: whole("TIDINGS_OPT_OUT_LINK_DAYS", "days", 400, [60, 3650], "How long links by which recipients say no work after their message"),
    consentLinkHours: whole("TIDINGS_CONSENT_LINK_HOURS", "hours", 168, [1, 8760], "How long links by which recipients confirm a consent work"),
    ratePerLinkPerSecond: whole("TIDINGS_OPT_OUT_RATE_PER_LINK_PER_SECOND", "requests/s", 5, [1, 10_000], "Requests per such link and second; above it the answer is 429"),
    bodyBytesMax: whole("TIDINGS_OPT_OUT_BODY_BYTES_MAX", "bytes", 64 * KIB, [KIB, MIB], "Size of what a mail client or the page sends with them"),
  }),
  sources: sourceSettings,
  segments: z.object({
    lookedMax: whole("TIDINGS_SEGMENT_LOOKED_MAX", "recipients", 1000, [100, 100_000], "Recipients that one turn of an event looks at for those in a segment"),
    messagesMax: whole("TIDINGS_SEGMENT_MESSAGES_MAX", "messages", 50, [1, 1000], "Newest messages of a recipient that a segment's tests look at"),
    countMs: whole("TIDINGS_SEGMENT_COUNT_MS", "ms", 2000, [10, 25_000], "Time of one count of a segment; one that takes longer is partial, and goes on with a cursor"),
    countsMax: whole("TIDINGS_SEGMENT_COUNTS_MAX", "counts", 2, [1, 100], "Counts of segments under way at once in this process; above it the answer is 503"),
  }),
  webhooks: webhookSettings,
  configuration: z.object({
    pollIntervalMs: whole("TIDINGS_CONFIGURATION_POLL_INTERVAL_MS", "ms", 500, [10, 60_000], "How often configuration is caught up without a hint"),
    pageMax: whole("TIDINGS_CONFIGURATION_PAGE_MAX", "documents", 200, [1, 10_000], "Documents read in one call"),
    cachedTenantsMax: whole("TIDINGS_CACHED_TENANTS_MAX", "tenants", 10_000, [10, 1_000_000], "Tenants kept in memory for their branding, policy and legal texts"),
    cachedTenantMs: whole("TIDINGS_CACHED_TENANT_MS", "ms", 1000, [0, 1000], "How long a tenant is taken from memory before the store is asked again"),
    oldVersionsMax: whole("TIDINGS_OLD_VERSIONS_MAX", "documents", 1000, [1, 100_000], "Earlier versions of workflows and templates kept in memory"),
    partUsersCheckedMax: whole("TIDINGS_PART_USERS_CHECKED_MAX", "documents", 1000, [0, 100_000], "Templates, layouts and partials that are checked again when a partial that they use changes"),
    folderFilesMax: whole("TIDINGS_FOLDER_FILES_MAX", "files", 2000, [1, 100_000], "Files of a notifications folder"),
    folderFileBytesMax: whole("TIDINGS_FOLDER_FILE_BYTES_MAX", "bytes", MIB, [KIB, 16 * MIB], "Size of a file of a notifications folder"),
    folderRunMs: whole("TIDINGS_FOLDER_RUN_MS", "ms", 10_000, [100, 600_000], "Time for one TypeScript workflow of a notifications folder to be read"),
    folderRunMemoryMib: whole("TIDINGS_FOLDER_RUN_MEMORY_MIB", "MiB", 256, [32, 16_384], "Memory for reading TypeScript workflows of a notifications folder"),
    folderBytesMax: whole("TIDINGS_FOLDER_BYTES_MAX", "bytes", 64 * MIB, [KIB, 1024 * MIB], "Size of all files of a notifications folder"),
  }),
  sandbox: z.object({
    mailsKeptMax: whole("TIDINGS_SANDBOX_MAILS_KEPT_MAX", "messages", 1000, [1, 1_000_000], "Messages that the sandbox mailbox keeps per environment"),
    batchMax: whole("TIDINGS_SANDBOX_BATCH_MAX", "messages", 500, [1, 10_000], "Messages appended in one turn"),
  }),
  inbox: z.object({
    itemsMax: whole("TIDINGS_INBOX_ITEMS_MAX", "items", 1000, [10, 10_000], "Items of an inbox; above it the oldest archived ones go, then the oldest"),
    changesMax: whole("TIDINGS_INBOX_CHANGES_MAX", "changes", 1000, [10, 100_000], "Changes kept per inbox for who resumes; who was away for longer loads the list anew"),
    batchMax: whole("TIDINGS_INBOX_BATCH_MAX", "items", 100, [1, 1000], "Items stored, or changed, in one transaction"),
    origins: originsSetting,
    ratePerTokenPerSecond: whole("TIDINGS_INBOX_RATE_PER_TOKEN_PER_SECOND", "requests/s", 50, [1, 100_000], "Requests per recipient's token and second; above it the answer is 429"),
    connectionsMax: whole("TIDINGS_INBOX_CONNECTIONS_MAX", "connections", 5000, [1, 1_000_000], "Sockets and event streams of this process; further ones are told to come later"),
    connectionsPerRecipientMax: whole("TIDINGS_INBOX_CONNECTIONS_PER_RECIPIENT_MAX", "connections", 20, [1, 10_000], "The same of one recipient"),
    bufferedBytesMax: whole("TIDINGS_INBOX_BUFFERED_BYTES_MAX", "bytes", MIB, [64 * KIB, 64 * MIB], "Bytes that a socket may leave untaken; above it it is closed, and resumes"),
    heartbeatMs: whole("TIDINGS_INBOX_HEARTBEAT_MS", "ms", 25_000, [1000, 600_000], "Distance between the signs of life on a socket"),
    pollIntervalMs: whole("TIDINGS_INBOX_POLL_INTERVAL_MS", "ms", 800, [50, 60_000], "How often the inboxes that somebody watches are looked at without a hint, and expired tokens are shown out"),
    readBatchMax: whole("TIDINGS_INBOX_READ_BATCH_MAX", "inboxes", 100, [1, 10_000], "Inboxes read in one call"),
    changesReadMax: whole("TIDINGS_INBOX_CHANGES_READ_MAX", "changes", 100, [1, 10_000], "Changes of one inbox read in one call"),
    sweptMax: whole("TIDINGS_INBOX_SWEPT_MAX", "inboxes", 20, [1, 1000], "Inboxes whose expired items are taken out in one transaction"),
  }),
  tracing: z.object({
    otlpUrl: optionalText("TIDINGS_OTLP_URL", otlpUrlSchema, "an http or https URL without user name, query and fragment", false, "Base of an OTLP/HTTP receiver of traces, such as http://127.0.0.1:4318; left out, nothing is traced"),
    otlpHeaders: otlpHeadersSetting,
    sampleRatio: ratio("TIDINGS_TRACE_SAMPLE_RATIO", 1, "Part of the traces that begin here which is recorded; one that a caller began is recorded where the caller says so"),
    serviceName: text("TIDINGS_TRACE_SERVICE_NAME", "tidings", "Name under which spans are told"),
    spansQueuedMax: whole("TIDINGS_TRACE_SPANS_QUEUED_MAX", "spans", 20_000, [100, 1_000_000], "Spans in memory that the receiver has not taken yet; further ones are dropped"),
    batchMax: whole("TIDINGS_OTLP_BATCH_MAX", "spans", 512, [1, 10_000], "Spans in one request to the receiver"),
    intervalMs: whole("TIDINGS_OTLP_INTERVAL_MS", "ms", 1000, [10, 60_000], "How long a span waits for others to go with"),
    timeoutMs: whole("TIDINGS_OTLP_TIMEOUT_MS", "ms", 5000, [100, 60_000], "Time of one request to the receiver, and how long a stop waits for what is left"),
    linksMax: whole("TIDINGS_TRACE_LINKS_MAX", "links", 128, [0, 10_000], "Links of one span: a call that carries messages of many traces is linked to so many of them"),
  }),
  probes: probeSettings,
  guard: guardSettings,
  statistics: statisticSettings,
  metrics: z.object({
    depthCountMax: whole("TIDINGS_METRICS_DEPTH_COUNT_MAX", "items", 100_000, [100, 10_000_000], "How far due work is counted for the queue gauges"),
    process: flag("TIDINGS_METRICS_PROCESS", true, "Whether figures of the process itself are exposed"),
  }),
});

export type Config = z.infer<typeof configSchema>;

export interface SettingDescription extends SettingInfo {
  section: string;
}

/** A setting with what is in force; of a secret only whether there is one. */
export interface SettingReport extends SettingDescription {
  value: string;
  source: "environment" | "file" | "default";
}

interface Entry {
  section: string;
  key: string;
  info: SettingInfo;
}

function entries(): Entry[] {
  const found: Entry[] = [];
  for (const [section, schema] of Object.entries(configSchema.shape)) {
    for (const [key, setting] of Object.entries(schema.shape)) {
      const info = infos.get(setting);
      if (info === undefined) throw new Error(`setting ${section}.${key} has no name`);
      found.push({ section, key, info });
    }
  }
  return found;
}

/** All settings in order, for documentation and `tidings doctor`. */
export function describeSettings(): SettingDescription[] {
  return entries().map(({ section, info }) => ({ section, ...info }));
}

/** The settings where nothing is set. */
export function defaultConfig(): Config {
  return configSchema.parse(Object.fromEntries(Object.keys(configSchema.shape).map((section) => [section, {}])));
}

/** All settings with their values in force and where these come from, and what is wrong with them. */
export function reportSettings(
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): { settings: SettingReport[]; faults: readonly SettingFault[] } {
  const { given } = givenSettings(env, readFile);
  const loaded = loadConfig(env, readFile);
  const settings = describeSettings().map((setting): SettingReport => {
    const found = given.get(setting.name);
    const value = setting.secret && found !== undefined ? "(set)" : (found?.value ?? setting.default);
    return { ...setting, value, source: found?.source ?? "default" };
  });
  return { settings, faults: "faults" in loaded ? loaded.faults : [] };
}

/**
 * Reads all settings and gives all faults at once. An empty value counts as not set. `readFile` gives a file's text,
 * and throws where it cannot.
 */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): { config: Config } | { faults: readonly SettingFault[] } {
  const known = entries();
  const { given, faults } = givenSettings(env, readFile);
  const names = known.map((entry) => entry.info.name);
  for (const name of given.keys()) {
    if (!names.includes(name)) faults.push({ name, message: `is not a setting${meant(name, names)}` });
  }
  const input: Record<string, Record<string, string | undefined>> = {};
  for (const { section, key, info } of known) {
    input[section] = { ...input[section], [key]: given.get(info.name)?.value };
  }
  const parsed = configSchema.safeParse(input);
  if (parsed.success) faults.push(...faultsBetween(parsed.data));
  if (parsed.success && faults.length === 0) return { config: parsed.data };
  for (const issue of parsed.error?.issues ?? []) {
    const entry = known.find(({ section, key }) => section === issue.path[0] && key === issue.path[1]);
    const fault = { name: entry?.info.name ?? issue.path.join("."), message: issue.message };
    // A list has an issue per member, all with one text.
    if (!faults.some(({ name, message }) => name === fault.name && message === fault.message)) faults.push(fault);
  }
  return { faults };
}

/** What is right alone and wrong with the rest. */
function faultsBetween({ queue, database, inboundMail }: Config): SettingFault[] {
  const faults: SettingFault[] = inboundMailFaults(inboundMail);
  if (queue.url !== undefined && database.url === undefined)
    faults.push({
      name: "TIDINGS_QUEUE_URL",
      message: "needs TIDINGS_DATABASE_URL: a broker carries work between processes, and the embedded store allows one",
    });
  if (database.replicaUrl === undefined) return faults;
  if (database.url === undefined)
    faults.push({
      name: "TIDINGS_DATABASE_REPLICA_URL",
      message: "needs TIDINGS_DATABASE_URL, the database that it follows",
    });
  // How far it is behind is told by heartbeats: between two of them even one that follows at once looks so.
  if (database.replicaLagMaxMs < 2 * database.heartbeatMs)
    faults.push({
      name: "TIDINGS_DATABASE_REPLICA_LAG_MAX_MS",
      message: `must be at least two TIDINGS_WORKER_HEARTBEAT_MS (${2 * database.heartbeatMs})`,
    });
  return faults;
}

function meant(name: string, names: readonly string[]): string {
  const known = nearest(name, names);
  return known === undefined ? "" : `; did you mean ${known}?`;
}
