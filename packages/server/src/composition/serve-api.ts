import { timingSafeEqual } from "node:crypto";
import type { ConfigurationWriter } from "../api/configuration-writer.ts";
import type { ApiDependencies } from "../api/dependencies.ts";
import { type Api, createApi } from "../api/server.ts";
import type { StandingPort } from "../api/standing-port.ts";
import type { Keyring } from "../lib/keyring.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { Mailbox, OutboundHttp } from "../ports/provider.ts";
import type { EnvironmentRow } from "../ports/store/keys.ts";
import type { Tracer } from "../ports/tracer.ts";
import { providers } from "../providers/registry.ts";
import type { HandlebarsEngine } from "../templates/handlebars.ts";
import type { Foundation } from "./foundation.ts";
import type { Pipeline } from "./pipeline.ts";
import { definitionOf, settingsOf } from "./provider-pool.ts";
import { publicUrlOf } from "./public-url.ts";
import { withReplyChannel } from "./reply-channel.ts";
import type { SourcesHost } from "./sources.ts";

interface Parts {
  foundation: Foundation;
  pipeline: Pipeline;
  writer: ConfigurationWriter;
  templates: HandlebarsEngine;
  mailbox: Mailbox;
  http: OutboundHttp;
  metrics: Metrics;
  standing: StandingPort;
  tracer: Tracer | undefined;
  version: string;
  sources: Pick<SourcesHost, "replays">;
}

/** Makes the HTTP face of this process. */
export function createFace({
  foundation,
  pipeline,
  writer,
  templates,
  mailbox,
  http,
  metrics,
  standing,
  tracer,
  version,
  sources,
}: Parts): Promise<Api> {
  const { config, store, keyring, clock, ids, random, broadcast, configuration, environments, log } = foundation;
  return createApi({
    ingest: pipeline.ingest,
    feedback: pipeline.feedback,
    visits: pipeline.visits,
    dryRun: pipeline.dryRun,
    replayPreviews: pipeline.replayPreviews,
    histories: pipeline.histories,
    verifyFeedback: async (environmentId, key, request) => {
      const integration = configuration.integrations(environmentId).find((candidate) => candidate.key === key);
      const definition = integration === undefined ? undefined : definitionOf(integration);
      if (integration === undefined || definition?.feedback === undefined) return undefined;
      const result = await definition.feedback(settingsOf(definition, integration), request, { http });
      return withReplyChannel(result, integration.document.channel);
    },
    answersKeywords: (provider) => providers.get(provider)?.answersKeywords === true,
    configuration: { store, writer: refreshing(writer, configuration) },
    refresh: () => configuration.refresh(),
    templates,
    sourceReplays: sources.replays,
    store,
    workers: foundation.engines.workers,
    standing,
    keyring,
    clock,
    ids,
    random,
    broadcast,
    readiness: async () => ({ store: await check(() => store.listEnvironments({})) }),
    metrics: async () => ({ contentType: metrics.contentType, text: await metrics.text() }),
    mailbox,
    mailboxToken: (environment, token) => {
      const row = environments.find((candidate) => candidate.key === environment);
      return row !== undefined && sameText(mailboxTokenOf(keyring, row), token);
    },
    logger: { error: (fields, message) => log.error(message, fields) },
    limits: {
      ...config.api,
      webhooksMax: config.webhooks.endpointsMax,
      segmentMessagesMax: config.segments.messagesMax,
      segmentCountMs: config.segments.countMs,
      segmentCountsMax: config.segments.countsMax,
      bodyBytesMax: config.api.eventBodyBytesMax,
      feedbackBodyBytesMax: config.feedback.bodyBytesMax,
      answersPerHourMax: config.feedback.answersPerHourMax,
      // An answer that is told again is the same only for as long as its key is kept.
      answerLifeMs: Math.min(config.feedback.answerLifeMs, config.api.idempotencyTtlMs),
    },
    optOut: { ...config.optOut, publicUrl: () => publicUrlOf(config) },
    statistics: config.statistics,
    inbox: { ...config.inbox, bounds: { itemsMax: config.inbox.itemsMax, changesMax: config.inbox.changesMax } },
    tracer,
    version,
  });
}

/** What opens an environment's mailbox page: nobody without the environment's key can make it. */
export function mailboxTokenOf(keyring: Keyring, environment: EnvironmentRow): string {
  return keyring.hash(environment.id, "mailbox page", environment.key);
}

/** Who has written configuration finds it in force with the next call. */
function refreshing(
  writer: ConfigurationWriter,
  configuration: Foundation["configuration"],
): ApiDependencies["configuration"]["writer"] {
  const refreshed = async <T>(written: Promise<T>): Promise<T> => {
    const result = await written;
    await configuration.refresh();
    return result;
  };
  return {
    put: (one, body) => refreshed(writer.put(one, body)),
    delete: (one) => refreshed(writer.delete(one)),
    rollback: (one, version) => refreshed(writer.rollback(one, version)),
    check: (environmentId, set) => writer.check(environmentId, set),
    apply: (environmentId, set) => refreshed(writer.apply(environmentId, set)),
  };
}

async function check(probe: () => Promise<unknown>): Promise<{ ok: boolean; detail?: string }> {
  try {
    await probe();
    return { ok: true };
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.name : "fault" };
  }
}

function sameText(expected: string, given: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(given);
  return a.length === b.length && timingSafeEqual(a, b);
}
