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
import { OutboundHttp2Client } from "../lib/outbound-http2.ts";
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
import { type InboundMailService, startInboundMail } from "./inbound-mail.ts";
import { pipelineObserver } from "./observer.ts";
import { createPipeline, type Pipeline } from "./pipeline.ts";
import { ProviderPool } from "./provider-pool.ts";
import { feedbackUrlOf } from "./public-url.ts";
import type { PublishedSweep } from "./published-sweep.ts";
import { Reads } from "./reads.ts";
import { seed, wantsSeed } from "./seed.ts";
import { createFace, mailboxTokenOf } from "./serve-api.ts";
import { createSources, type SourcesHost } from "./sources.ts";
import { startSweep } from "./start-sweep.ts";
import { startUpkeep, type Upkeep } from "./start-upkeep.ts";
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
  const live: Live = {};
  const metrics = metricsOf(config, live);
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
    servesOf: (provider) => providers.get(provider)?.serves,
    observer: pipelineObserver(metrics, log),
  });
  live.pipeline = pipeline;
  const reads = new Reads(foundation.clock);
  describeTo(foundation, pipeline, reads);
  pipeline.start();
  const sweep = startSweep(foundation, pipeline, brokerParts?.watch);
  const upkeep = startUpkeep(foundation, outbound.pool, metrics);
  const sources = createSources(foundation, pipeline, metrics, reads);
  const face = { foundation, pipeline, writer, templates, mailbox, metrics, sources, standing: upkeep.standing };
  const api = await createFace({ ...face, http: outbound.traced, tracer: tracing.tracer, version: hooks.version });
  live.api = api;
  const inboundMail = await startInboundMail(foundation, pipeline, metrics, reads);
  const port = config.process.roles.includes("api") ? await api.listen(config.api.host, config.api.port) : 0;
  sources.start();
  const takers = { api, sources, inboundMail };
  const running = { foundation, pipeline, upkeep, sweep, tracing, ...takers, ...outbound };
  let stopping: Promise<void> | undefined;
  return {
    port,
    bootstrapKey: foundation.bootstrapKey,
    masterKeyPlace: foundation.master.place,
    mailboxPath: `/sandbox/${first.key}?token=${mailboxTokenOf(keyring, first)}`,
    warnings: foundation.master.warning === undefined ? [] : [foundation.master.warning],
    stop: () => {
      stopping ??= stopServer(running);
      return stopping;
    },
  };
}

/** What is there by now. */
interface Live {
  foundation?: Foundation;
  pipeline?: Pipeline;
  api?: Api;
}

/** Metrics come first, and ask at each scrape whoever is there. */
function metricsOf(config: Config, live: Live): Metrics {
  return new Metrics(
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
}

/** The engines are there before the stages are: what they ask of them comes after. */
function describeTo({ engines, environments }: Foundation, pipeline: Pipeline, reads: Reads): void {
  engines.holdWhere((kind) => pipeline.wayOf(kind));
  engines.describeWith(() => workerFacts(pipeline.deliver.load, reads, environments));
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
  { config, clock, random, log, store, keyring, broadcast, environments }: Foundation,
  mailbox: SealedMailbox,
  live: { pipeline?: Pipeline },
  tracing: Tracing,
) {
  const { allowPrivateNetwork, ...limits } = config.outbound;
  const http = new OutboundHttpClient({ allowPrivateNetwork, limits });
  const http2 = new OutboundHttp2Client({ allowPrivateNetwork, limits });
  const traced = tracing.traced(http);
  const pool = new ProviderPool({
    clock,
    random,
    http: traced,
    http2: tracing.traced(http2),
    resolve: (host) => resolveGuarded(host, { allowPrivateNetwork }),
    mailbox,
    inbox: new SealedInbox({ store, keyring, broadcast, clock }, config.inbox),
    hash: (environmentId, ...parts) => keyring.hash(environmentId, ...parts),
    report: async (environmentId, feedback) => live.pipeline?.feedback.report(environmentId, feedback),
    feedbackUrlOf: (environmentId, integration) => {
      const environment = environments.find(({ id }) => id === environmentId);
      return environment === undefined ? undefined : feedbackUrlOf(config, environment.key, integration);
    },
    onFault: (integration, error) => log.error("an integration cannot be used", { integration, error }),
  });
  return { http, http2, traced, pool };
}

interface Stoppable {
  foundation: Foundation;
  pipeline: Pipeline;
  api: Api;
  inboundMail: InboundMailService;
  upkeep: Upkeep;
  sweep: PublishedSweep | undefined;
  http: OutboundHttpClient;
  http2: OutboundHttp2Client;
  pool: ProviderPool;
  tracing: Tracing;
  sources: SourcesHost;
}

/**
 * No more work is taken, and what waits here is given to other processes at once; then what is under way ends, with the
 * heartbeat going on, so that it stays this process's. The store is last, as all others settle into it.
 */
async function stopServer(parts: Stoppable): Promise<void> {
  const { foundation, pipeline, api, inboundMail, sources, upkeep, sweep, tracing, http, http2, pool } = parts;
  const { clock, config, configuration, tenants, broadcast, store, engines } = foundation;
  upkeep.stop();
  await sweep?.stop();
  // What does not end in time is STARTED in the store, and is resolved by class at the next start.
  const timeIsUp = new Promise<void>((resolve) => void clock.after(config.process.drainTimeoutMs, resolve));
  const takers = [sources.stop(), pipeline.stop(), api.close(), inboundMail.stop()];
  const ended = Promise.all([...takers, engines.leave(() => pipeline.underWay())]);
  await Promise.race([ended, timeIsUp]);
  await configuration.stop();
  tenants.stop();
  await broadcast.close();
  // a mail's last reply may take ten minutes
  await Promise.race([pool.close(), timeIsUp]);
  await Promise.all([http.close(), http2.close()]);
  await Promise.all([store.close(), tracing.stop()]);
}
