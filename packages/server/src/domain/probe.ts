import type { ProbeStatus } from "@tidings/contract/readiness";
import { fractionOf } from "./spread-fraction.ts";

/** What is kept of an integration's probes. */
export interface ProbeRecord {
  /** Of the integration when it was asked. */
  version: number;
  /** Null where nobody has asked yet. */
  status: ProbeStatus | null;
  /** Empty where there is none. */
  code: string;
  detail: string;
  /** When it was asked, ms; null where it was not. */
  at: number | null;
  /** When it was known to work last: by a probe, or by a message that was taken, ms; null where that never was. */
  goodAt: number | null;
}

export interface ProbeStand {
  status: ProbeStatus;
  code: string;
  detail: string;
  at: number;
  goodAt: number | null;
}

/**
 * How an integration stands in its present version; undefined where nobody knows. A message that was taken is as good as a probe:
 * what failed before it, and what there is nothing to ask about, is well since. What an earlier version was told says nothing.
 */
export function standOf(record: ProbeRecord | undefined, version: number): ProbeStand | undefined {
  if (record === undefined) return undefined;
  const { status, code, detail, at, goodAt } = record;
  if (goodAt !== null && (status === null || at === null || goodAt > at))
    return { status: "ok", code: "", detail: "", at: goodAt, goodAt };
  if (status === null || at === null || record.version !== version) return undefined;
  return { status, code, detail, at, goodAt };
}

export interface ProbeTimes {
  everyMs: number;
  /** The same after one that failed. */
  afterFailureMs: number;
}

/** How far probes are drawn apart: a share of the time between two, by which some come earlier. */
const jitter = 0.2;

/** Whether it is to be asked by now: at once where its present version never was. `name` draws them apart, always by the same. */
export function isDue(
  record: ProbeRecord | undefined,
  { name, version, now }: { name: string; version: number; now: number },
  { everyMs, afterFailureMs }: ProbeTimes,
): boolean {
  if (record === undefined || record.at === null || record.version !== version) return true;
  const wholeMs = record.status === "failed" ? Math.min(everyMs, afterFailureMs) : everyMs;
  return now >= record.at + wholeMs * (1 - jitter * fractionOf(`${name} ${record.at}`));
}
