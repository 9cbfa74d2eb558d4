import { existsSync } from "node:fs";
import { resolve as resolvePath } from "node:path";
import { faultText } from "@tidings/folder/fault";
import { readFolder } from "@tidings/folder/read-folder";
import { StoredConfigurationRules } from "../api/configuration-rules.ts";
import { ConfigurationWriter } from "../api/configuration-writer.ts";
import { PartUsers } from "../api/part-users.ts";
import type { Api } from "../api/server.ts";
import type { Config } from "../config.ts";
import { AjvSchemas } from "../data-schemas/ajv-schemas.ts";
import { stepKinds } from "../domain/steps/step-kinds.ts";
import { resolveGuarded } from "../lib/address-guard.ts";
import { OutboundHttpClient } from "../lib/outbound-http.ts";
import { Metrics } from "../observe/metrics.ts";
import type { DataSchemas } from "../ports/data-schemas.ts";
import { providers } from "../providers/registry.ts";
import { SealedInbox } from "../store/sealed-inbox.ts";
import { SealedMailbox } from "../store/sealed-mailbox.ts";
import { HandlebarsEngine } from "../templates/handlebars.ts";
import { HandlebarsRequests } from "../templates/handlebars-request.ts";
import type { BootstrapKey } from "./bootstrap-key.ts";
import { openBroker } from "./broker.ts";
import { type Foundation, layFoundation } from "./foundation.ts";
import type { ServerHooks } from "./hooks.ts";
import { startHousekeeping } from "./housekeeping.ts";
import { pipelineObserver } from "./observer.ts";
import { createPipeline, type Pipeline } from "./pipeline.ts";
import { ProviderPool } from "./provider-pool.ts";
import type { PublishedSweep } from "./published-sweep.ts";
import { seed, wantsSeed } from "./seed.ts";
import { createFace, mailboxTokenOf } from "./serve-api.ts";
import { startSweep } from "./start-sweep.ts";
import { startTracing, type Tracing } from "./tracing.ts";
import { workerFacts } from "./worker-facts.ts";

export interface RunningServer {
  /** 0 where the role `api` is not among this process's. */
  port: number;
  bootstrapKey: BootstrapKey;
  masterKeyPlace: string;
  mailboxPath: string;
  warnings: readonly string[];
  /** Takes nothing more, drains for at most the configured time, makes all durable. Safe to call twice. */
  stop(): Promise<void>;
}

/** Puts a server together and starts its roles, the store first and the API last. */
export async function startServer(config: Config, hooks: ServerHooks): Promise<RunningServer> {
  const live: { foundation?: Foundation; pipeline?: Pipeline; api?: Api } = {};
  const metrics = new Metrics(
    {
      queueDepths: async () =>
        (await live.foundation?.store.queueDepths({ now: Date.now(), countMax: config.metrics.depthCountMax })) ?? [],
      inFlight: () => live.pipeline?.deliver.inFlight ?? 0,
      failingTemplates: () => live.pipeline?.deliver.failingTemplates ?? 0,
      inboxConnections: () => live.api?.inboxConnections ?? { websocket: 0, sse: 0 },
      now: () => Date.now(),
    },
    config.metrics,
  );
  const foundation = await layFoundation(config, metrics, hooks);
  live.foundation = foundation;
  const { store, keyring, first, log } = foundation;
  const templates = new HandlebarsEngine(config.templates);
  const requests = new HandlebarsRequests(config.templates);
  const dataSchemas = new AjvSchemas();
  const writer = configurationWriter(foundation, templates, requests, dataSchemas);
  await seedFromFolder(foundation, writer);
  await foundation.configuration.start();
  const mailbox = new SealedMailbox(store, keyring, config.sandbox);
  const brokerParts = await openBroker(foundation);
  const tracing = await startTracing(foundation, metrics, hooks);
  const outbound = startOutbound(foundation, mailbox, live, tracing);
  const pipeline = createPipeline({
    ...foundation,
    limiter: foundation.engines.limiter,
    broadcast: foundation.engines.shared ? foundation.broadcast : undefined,
    openTopics: foundation.engines.openTopics,
    broker: brokerParts?.broker,
    published: foundation.engines.published,
    templates,
    requests,
    http: outbound.traced,
    tracer: tracing.tracer,
    dataSchemas,
    steps: stepKinds,
    providerOf: (integration) => outbound.pool.providerOf(integration),
    observer: pipelineObserver(metrics, log),
  });
  live.pipeline = pipeline;
  describeTo(foundation, pipeline);
  pipeline.start();
  const sweep = startSweep(foundation, pipeline, brokerParts?.watch);
  const housekeeping = keepHouse(foundation);
  const { tracer } = tracing;
  const { version } = hooks;
  const api = await createFace({ foundation, pipeline, writer, templates, mailbox, metrics, tracer, version });
  live.api = api;
  const port = config.process.roles.includes("api") ? await api.listen(config.api.host, config.api.port) : 0;
  let stopping: Promise<void> | undefined;
  return {
    port,
    bootstrapKey: foundation.bootstrapKey,
    masterKeyPlace: foundation.master.place,
    mailboxPath: `/sandbox/${first.key}?token=${mailboxTokenOf(keyring, first)}`,
    warnings: foundation.master.warning === undefined ? [] : [foundation.master.warning],
    stop: () => {
      stopping ??= stopServer({ foundation, pipeline, api, housekeeping, sweep, tracing, ...outbound });
      return stopping;
    },
  };
}

function keepHouse({ store, clock, config, engines, log }: Foundation) {
  return startHousekeeping({
    store,
    clock,
    leases: engines.leases,
    intervalMs: config.store.purgeIntervalMs,
    rowsMax: config.store.purgeRowsMax,
    webhookRetentionMs: config.webhooks.retentionMs,
    campaignRetentionMs: config.database.retentionDays * 86_400_000,
    inbox: config.inbox,
    onFault: (error) => log.error("housekeeping met a fault", { error }),
  });
}

/** The engines are there before the stages are: what they ask of them comes after. */
function describeTo({ engines, environments }: Foundation, pipeline: Pipeline): void {
  engines.holdWhere((kind) => pipeline.wayOf(kind));
  engines.describeWith(() => workerFacts(pipeline.deliver.load, environments));
}

/** An empty store starts with the documents of the notifications folder, where there is one. */
async function seedFromFolder({ config, store, first, log }: Foundation, writer: ConfigurationWriter): Promise<void> {
  const root = resolvePath(config.process.notificationsDir);
  if (!existsSync(root) || !(await wantsSeed(store))) return;
  const { configuration: given } = config;
  const folder = await readFolder(root, {
    limits: {
      filesMax: given.folderFilesMax,
      fileBytesMax: given.folderFileBytesMax,
      bytesMax: given.folderBytesMax,
      runMs: given.folderRunMs,
      memoryMib: given.folderRunMemoryMib,
    },
    environment: first.key,
    secretOf: (name) => process.env[name],
  });
  if ("faults" in folder) throw new Error(folder.faults.map(faultText).join("\n"));
  const count = await seed({ store, apply: (set) => writer.apply(first.id, set) }, folder.documents);
  if (count > 0) log.info("the store was seeded from the notifications folder", { count });
}

function configurationWriter(
  { config, store, keyring, broadcast, clock }: Foundation,
  templates: HandlebarsEngine,
  requests: HandlebarsRequests,
  dataSchemas: DataSchemas,
): ConfigurationWriter {
  const rules = new StoredConfigurationRules({
    store,
    provider: (name) => providers.get(name),
    templates,
    compileRequest: (request) => requests.compile(request),
    dataSchemas,
  });
  const partUsers = new PartUsers(templates, config.configuration);
  return new ConfigurationWriter({ store, keyring, broadcast, clock, rules, partUsers });
}

function startOutbound(
  { config, clock, random, log, store, keyring, broadcast }: Foundation,
  mailbox: SealedMailbox,
  live: { pipeline?: Pipeline },
  tracing: Tracing,
) {
  const { allowPrivateNetwork, ...limits } = config.outbound;
  const http = new OutboundHttpClient({ allowPrivateNetwork, limits });
  const traced = tracing.traced(http);
  const pool = new ProviderPool({
    clock,
    random,
    http: traced,
    resolve: (host) => resolveGuarded(host, { allowPrivateNetwork }),
    mailbox,
    inbox: new SealedInbox({ store, keyring, broadcast, clock }, config.inbox),
    hash: (environmentId, ...parts) => keyring.hash(environmentId, ...parts),
    report: async (environmentId, feedback) => live.pipeline?.feedback.report(environmentId, feedback),
    onFault: (integration, error) => log.error("an integration cannot be used", { integration, error }),
  });
  return { http, traced, pool };
}

interface Stoppable {
  foundation: Foundation;
  pipeline: Pipeline;
  api: Api;
  housekeeping: { stop(): void };
  sweep: PublishedSweep | undefined;
  http: OutboundHttpClient;
  pool: ProviderPool;
  tracing: Tracing;
}

/**
 * No more work is taken, and what waits here is given to other processes at once; then what is under way ends, with the
 * heartbeat going on, so that it stays this process's. The store is last, as all others settle into it.
 */
async function stopServer(parts: Stoppable): Promise<void> {
  const { foundation, pipeline, api, housekeeping, sweep, http, pool, tracing } = parts;
  const { clock, config, configuration, tenants, broadcast, store, engines } = foundation;
  housekeeping.stop();
  await sweep?.stop();
  // What does not end in time is STARTED in the store, and is resolved by class at the next start.
  const timeIsUp = new Promise<void>((resolve) => void clock.after(config.process.drainTimeoutMs, resolve));
  const ended = Promise.all([pipeline.stop(), api.close(), engines.leave(() => pipeline.underWay())]);
  await Promise.race([ended, timeIsUp]);
  await configuration.stop();
  tenants.stop();
  await broadcast.close();
  // a mail's last reply may take ten minutes
  await Promise.race([pool.close(), timeIsUp]);
  await http.close();
  await Promise.all([store.close(), tracing.stop()]);
}
