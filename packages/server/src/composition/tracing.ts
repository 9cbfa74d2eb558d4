import { hostname } from "node:os";
import type { Log } from "../observe/log.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { OutboundHttp } from "../ports/provider.ts";
import type { Tracer } from "../ports/tracer.ts";
import type { Foundation } from "./foundation.ts";

export interface Tracing {
  /** Undefined where nothing is traced. */
  tracer: Tracer | undefined;
  /** Gives requests that belong to a trace a span. */
  traced(http: OutboundHttp): OutboundHttp;
  /** Tells what is left, for at most the time of one request. Safe to call twice. */
  stop(): Promise<void>;
}

const off: Tracing = { tracer: undefined, traced: (http) => http, stop: async () => {} };

/** Where no receiver is set, nothing of it is even loaded. */
export async function startTracing(
  { config, clock, random, node }: Foundation,
  metrics: Metrics,
  { log, version }: { log: Log; version: string },
): Promise<Tracing> {
  const { otlpUrl, otlpHeaders, serviceName, ...limits } = config.tracing;
  if (otlpUrl === undefined) return off;
  const [{ openTracing }, { SpanLosses }, { TracedHttp }] = await Promise.all([
    import("../observe/trace/open-tracing.ts"),
    import("../observe/trace/span-losses.ts"),
    import("../observe/trace/traced-http.ts"),
  ]);
  const { tracer, stop } = openTracing({
    ...limits,
    clock,
    random,
    losses: new SpanLosses(metrics.spans(), log),
    url: otlpUrl,
    headers: otlpHeaders,
    version,
    resource: {
      "service.name": serviceName,
      "service.version": version,
      "service.instance.id": node,
      "host.name": hostname(),
      "process.pid": process.pid,
      "tidings.roles": config.process.roles.join(","),
      "telemetry.sdk.name": "tidings",
      "telemetry.sdk.language": "nodejs",
      "telemetry.sdk.version": version,
    },
  });
  return { tracer, traced: (http) => new TracedHttp(http, tracer), stop };
}
