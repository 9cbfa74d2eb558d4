import { changeWriter } from "../api/changes-by-event.ts";
import type { Config } from "../config.ts";
import { OutboundHttpClient } from "../lib/outbound-http.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { SourceIngest } from "../sources/item-settler.ts";
import { openSource } from "../sources/registry.ts";
import { SourceReplays } from "../sources/source-replays.ts";
import { Sources } from "../sources/sources.ts";
import type { Foundation } from "./foundation.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Reads } from "./reads.ts";
import { sourcesObserver } from "./sources-observer.ts";

/** Ten messages of a queue at their longest, as JSON. */
const answerBytesMax = 32 * 1024 * 1024;

export interface SourcesHost {
  replays: SourceReplays;
  start(): void;
  stop(): Promise<void>;
}

/** Sources are read by processes that take events in; their dead letters are tried again by any that has the API. */
export function createSources(
  foundation: Foundation,
  pipeline: Pipeline,
  metrics: Pick<Metrics, "sources">,
  reads: Reads,
): SourcesHost {
  const { config, store, keyring, clock, ids, node, configuration } = foundation;
  const observer = sourcesObserver(foundation, metrics, reads);
  const allowPrivateNetwork = config.outbound.allowPrivateNetwork || config.sources.allowPrivateNetwork;
  const { connectTimeoutMs } = config.sources;
  const http = new OutboundHttpClient({
    allowPrivateNetwork,
    limits: { connectTimeoutMs, bodyBytesMax: answerBytesMax },
  });
  const reading = { ...config.sources, clientId: `tidings ${node}`, guard: { allowPrivateNetwork } };
  const ingest = ingestFor(foundation, pipeline);
  const limits = limitsOf(config);
  const sources = new Sources({
    configured: () => configuration.sources(),
    onChange: (listener) => configuration.onChange(({ kind }) => (kind === "source" ? listener() : undefined)),
    open: (source, parts) => openSource(source, parts, reading),
    ...{ http, ingest, store, keyring, clock, ids, observer, limits },
    sourcesMax: config.sources.sourcesMax,
    lagIntervalMs: config.sources.lagIntervalMs,
  });
  return {
    replays: new SourceReplays({
      sources: () => configuration.sources(),
      ...{ ingest, store, keyring, clock, limits },
      onFault: (source, error) => observer.onFault(source, error),
    }),
    start: () => {
      if (config.process.roles.includes("api")) sources.start();
    },
    stop: async () => {
      await sources.stop();
      await http.close();
    },
  };
}

function limitsOf({ sources, api }: Config) {
  return {
    ...sources,
    depthMax: api.bodyDepthMax,
    // What would never fit would wait for ever.
    itemsPerCall: Math.min(sources.itemsPerCall, api.acceptingEventsMax),
    keptBytesMax: 4 * sources.recordBytesMax,
  };
}

/** The same ways in as those of HTTP. */
function ingestFor(foundation: Foundation, { ingest }: Pipeline): SourceIngest {
  return {
    events: (environmentId, events) =>
      ingest.acceptBatch(environmentId, events, (event) =>
        changeWriter({ ...foundation, ingest }, environmentId, event),
      ),
    message: (environmentId, body, key) => ingest.acceptMessage(environmentId, body, key),
  };
}
