import { fileURLToPath } from "node:url";
import { z } from "zod";
import { timeOfId } from "../packages/server/src/lib/ids.ts";
import { startChild } from "../test/harness/child.ts";
import { type FakeProviderProcess, statsOf } from "../test/harness/fake-provider-process.ts";
import { readJournal } from "../test/harness/journal.ts";
import { pause } from "../test/harness/pause.ts";

const loadMain = fileURLToPath(new URL("./load-main.ts", import.meta.url));
const resultSchema = z.object({
  tookMs: z.number(),
  statuses: z.record(z.string(), z.number()),
  p50: z.number(),
  p99: z.number(),
  p999: z.number(),
});
export type LoadResult = z.infer<typeof resultSchema>;

export interface Quantiles {
  p50: number;
  p99: number;
  p999: number;
}

/** Runs the load generator in a process of its own. Throws where an answer was not a 202. */
export async function runLoad(url: string, args: Record<string, string | number>): Promise<LoadResult> {
  const list = Object.entries(args).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = await startChild(
    [process.execPath, "--import", "tsx", "--conditions=source", loadMain, "--url", url, ...list],
    {},
    (line) => (line.startsWith("{") ? resultSchema.parse(JSON.parse(line)) : undefined),
  );
  await child.ended;
  if (Object.keys(child.ready.statuses).join() !== "202")
    throw new Error(`not every answer was 202: ${JSON.stringify(child.ready.statuses)}`);
  return child.ready;
}

/** Waits until a provider has taken so many, messages or webhooks; fails where nothing moves for 30 s. */
export async function taken(provider: FakeProviderProcess, count: number): Promise<number> {
  let last = -1;
  let movedAt = performance.now();
  for (;;) {
    const stats = await statsOf(provider);
    const now = stats.messages + stats.hooks;
    if (now >= count) return now;
    if (now !== last) movedAt = performance.now();
    else if (performance.now() - movedAt > 30_000) throw new Error(`stuck at ${now} of ${count}`);
    last = now;
    await pause(20);
  }
}

export interface Journalled {
  /** From the receipt of the event, which stands in front of each id (to 1 ms), to the provider, ms. */
  latencies: number[];
  perSecond: number;
}

/** Reads the lines after the first `skip` that `wanted` accepts. */
export async function journalled(
  path: string,
  skip: number,
  wanted: (id: string) => boolean = () => true,
): Promise<Journalled> {
  const latencies: number[] = [];
  let index = 0;
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  await readJournal(path, ({ id, at }) => {
    index += 1;
    if (index <= skip || !wanted(id)) return;
    const received = timeOfId(id);
    first = Math.min(first, received);
    last = Math.max(last, at);
    latencies.push(at - received);
  });
  return { latencies, perSecond: (latencies.length * 1000) / (last - first) };
}

export function quantiles(list: readonly number[]): Quantiles {
  const sorted = list.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999) };
}

export function median(list: readonly number[]): number {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
}
