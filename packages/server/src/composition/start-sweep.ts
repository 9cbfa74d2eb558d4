import type { SettledLooks } from "../queue/broker/broker.ts";
import type { Foundation } from "./foundation.ts";
import type { Pipeline } from "./pipeline.ts";
import { PublishedSweep } from "./published-sweep.ts";

/** Where rows may be with a broker: whether this process has one or another had. */
export function startSweep(
  { engines, clock, config, log }: Foundation,
  pipeline: Pipeline,
  watch: SettledLooks | undefined,
): PublishedSweep | undefined {
  if (engines.published === undefined) return undefined;
  const sweep = new PublishedSweep({
    published: engines.published,
    watch,
    leases: engines.leases,
    clock,
    afterMs: config.queue.reclaimAfterMs,
    wake: (topic) => pipeline.queue.wake(topic),
    onFreed: (topic, rows) =>
      log.warn("work that the broker had lost was taken from the store", { topic, count: rows }),
    onFault: (error) => log.error("published rows could not be looked after", { error }),
  });
  sweep.start();
  return sweep;
}
