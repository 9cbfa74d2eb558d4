import { OutboundHttpClient } from "../../lib/outbound-http.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { SpanAttributes } from "../../ports/tracer.ts";
import { OtlpExporter } from "./otlp-exporter.ts";
import { OtlpRequests } from "./otlp-request.ts";
import { OtlpTracer } from "./otlp-tracer.ts";
import { SpanClock } from "./span-clock.ts";
import { SpanIds } from "./span-ids.ts";
import type { SpanLosses } from "./span-losses.ts";
import { SpanQueue } from "./span-queue.ts";

interface Parts {
  clock: Clock;
  random: Random;
  losses: SpanLosses;
  url: string;
  headers: Readonly<Record<string, string>>;
  /** What is told of this process. */
  resource: SpanAttributes;
  version: string;
  sampleRatio: number;
  spansQueuedMax: number;
  batchMax: number;
  intervalMs: number;
  timeoutMs: number;
  linksMax: number;
}

/** A tracer that tells an OTLP receiver. `stop` tells what is left, and is safe to call twice. */
export function openTracing(parts: Parts): { tracer: OtlpTracer; stop: () => Promise<void> } {
  const { clock, random, losses, timeoutMs } = parts;
  // Whoever runs the server names the receiver: it may well be in a private network.
  const http = new OutboundHttpClient({ allowPrivateNetwork: true, limits: { connectTimeoutMs: timeoutMs } });
  const exporter = new OtlpExporter({
    http,
    requests: new OtlpRequests(parts.resource, parts.version),
    url: parts.url.replace(/\/+$/, ""),
    headers: parts.headers,
    timeoutMs,
  });
  const queue = new SpanQueue({
    clock,
    exporter,
    losses,
    limits: { queuedMax: parts.spansQueuedMax, batchMax: parts.batchMax, intervalMs: parts.intervalMs, timeoutMs },
  });
  const tracer = new OtlpTracer({
    clock: new SpanClock(),
    ids: new SpanIds(random),
    random,
    ratio: parts.sampleRatio,
    linksMax: parts.linksMax,
    take: (span) => queue.take(span),
  });
  return {
    tracer,
    stop: async () => {
      await queue.stop();
      await http.close();
    },
  };
}
