import { isDue, type ProbeRecord, type ProbeTimes } from "../domain/probe.ts";
import type { Clock, Timer } from "../ports/clock.ts";
import type { IntegrationConfiguration } from "../ports/configuration.ts";
import type { Random } from "../ports/random.ts";
import type { ProbeRow, ProbeStore } from "../ports/store/probes.ts";
import type { Leases } from "../ports/workers.ts";

interface Parts {
  store: Pick<ProbeStore, "listProbes" | "noteAccepted">;
  clock: Clock;
  random: Random;
  /** One process does it for all. */
  leases: Leases;
  /** Those of all environments that are to be asked. */
  integrations: () => readonly IntegrationConfiguration[];
  probe: (integration: IntegrationConfiguration) => Promise<ProbeRow>;
  limits: ProbeTimes & { lookMs: number; atOnceMax: number; perLookMax: number };
  onProbed: (row: ProbeRow) => void;
  onFault: (error: unknown) => void;
}

const minuteMs = 60_000;
/** How far back the first look goes for messages that were taken. */
const firstMinutes = 60;
/** What is counted in a minute may be committed a little after it. */
const lateMinutes = 2;

/**
 * Asks every integration in its turn whether it works: at each look those that are due, a bounded number of them at once, and
 * takes over which ones sent something since the look before, as that is as good.
 */
export function startProbeRounds(parts: Parts): { stop(): void } {
  const { clock, random, leases, limits } = parts;
  let stopped = false;
  let timer: Timer;
  let fromMinute: number | undefined;
  const arm = (delayMs: number): void => {
    if (!stopped) timer = clock.after(delayMs, () => void look().finally(() => arm(limits.lookMs)));
  };
  const look = async (): Promise<void> => {
    try {
      if (!(await leases.hold("probes", 2 * limits.lookMs))) {
        fromMinute = undefined;
        return;
      }
      const toMinute = Math.floor(clock.now() / minuteMs);
      await parts.store.noteAccepted({ fromMinute: fromMinute ?? toMinute - firstMinutes, toMinute });
      fromMinute = toMinute - lateMinutes;
      await probeAll(parts, await dueOf(parts), () => stopped);
    } catch (error) {
      parts.onFault(error);
    }
  };
  // Processes that are started together do not all look at once.
  arm(limits.lookMs * (0.5 + random.number() / 2));
  return {
    stop() {
      stopped = true;
      timer.cancel();
    },
  };
}

async function dueOf({ store, clock, integrations, limits }: Parts): Promise<IntegrationConfiguration[]> {
  const nameOf = (environmentId: number, key: string): string => `${environmentId} ${key}`;
  const records = new Map<string, ProbeRecord>();
  for (const row of await store.listProbes({})) records.set(nameOf(row.environmentId, row.integration), row);
  const now = clock.now();
  return integrations()
    .filter(({ environmentId, key, version }) => {
      const name = nameOf(environmentId, key);
      return isDue(records.get(name), { name, version, now }, limits);
    })
    .slice(0, limits.perLookMax);
}

/** One that cannot be kept is the next look's, and the others go on. */
async function probeAll(parts: Parts, due: readonly IntegrationConfiguration[], isOver: () => boolean): Promise<void> {
  const waiting = [...due];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !isOver(); next = waiting.shift()) {
      try {
        parts.onProbed(await parts.probe(next));
      } catch (error) {
        parts.onFault(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(parts.limits.atOnceMax, due.length) }, work));
}
