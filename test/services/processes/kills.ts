import { expect, test } from "vitest";
import { SeededRandom } from "../../../packages/server/src/lib/seeded-random.ts";
import { closePools, runLoad } from "../../harness/event-load.ts";
import { pause } from "../../harness/pause.ts";
import { untilAtRest } from "../../harness/rest.ts";
import { explainDoubles, judgeDeliveries } from "../../harness/verdict.ts";
import type { Cluster, Member, Role } from "./cluster.ts";
import type { Engine, EngineDescription } from "./engines.ts";
import { inWorld } from "./world.ts";

const events = Number(process.env["TIDINGS_TEST_PROCESSES_EVENTS"] ?? 800);
const perSecondMax = Number(process.env["TIDINGS_TEST_PROCESSES_EVENTS_PER_SECOND"] ?? 100);
const killEveryMs = Number(process.env["TIDINGS_TEST_PROCESSES_KILL_EVERY_MS"] ?? 2000);
const seed = Number(process.env["TIDINGS_TEST_SEED"] ?? Date.now() % 1_000_000);
const maxInFlight = 100;
const drainMs = 20_000;
/** Calls are short: who is asked to end does, and nobody waits for the end of its drain time. */
const endsWithinMs = 10_000;
const killsBeforeRestarts = 2;
/** Events go on until all were restarted; on a machine where that takes very long, not for ever. */
const eventsMax = events * 10;

const apart: readonly (readonly Role[])[] = [["api"], ["orchestrate"], ["deliver"], ["feedback"]];
/** Over the rows, what one leaves another has at once; with a broker it waits for whoever is alone to come back, too. */
const layouts: Record<EngineDescription["kind"], { name: string; roles: readonly (readonly Role[])[] }> = {
  rows: { name: "six processes", roles: [...apart, ["orchestrate"], ["deliver"]] },
  broker: { name: "four processes", roles: apart },
};

interface Progress {
  acknowledged: number;
  /** All were restarted. */
  restarted: boolean;
  /** No event comes any more. */
  done: boolean;
}

interface Restarted {
  name: string;
  code: number | null;
  tookMs: number;
  at: number;
}

/** Processes are killed one by one, and all stopped in turn once, while events come in. */
export function killsSuite(engine: () => Engine, kind: EngineDescription["kind"]): void {
  const { name, roles } = layouts[kind];
  test(
    `${name} that are killed and restarted in turn lose nothing, and double no more than was under way`,
    async () => {
      process.stdout.write(`${name}: seed ${seed}, ${events} events\n`);
      const random = new SeededRandom(seed);
      const settings = { TIDINGS_MAX_IN_FLIGHT: String(maxInFlight), TIDINGS_DRAIN_TIMEOUT_MS: String(drainMs) };
      await inWorld(engine(), { roles, settings, faults: { latencyMs: { min: 1, max: 20 } } }, async (world) => {
        const { cluster, api, journal } = world;
        const progress: Progress = { acknowledged: 0, restarted: false, done: false };
        const load = runLoad({
          events,
          more: { goesOn: () => !progress.restarted, eventsMax },
          perSecondMax,
          callers: 24,
          random: random.fork(),
          url: cluster.anyUrl,
          onAcknowledged: (count) => {
            progress.acknowledged = count;
          },
        }).finally(() => {
          progress.done = true;
        });
        const [{ acknowledged, doubled, repeats }, restarted] = await Promise.all([
          load,
          disturb(cluster, random, progress),
        ]);
        await untilAtRest(api);
        const { wrong, strangers, tally } = await judgeDeliveries(api, journal, acknowledged);
        const killedAt = cluster.members.flatMap((member) => member.killedAt).sort((a, b) => a - b);
        const { unexplained, perKill } = await explainDoubles(api, journal, killedAt);
        await closePools();
        process.stdout.write(
          `${name}: ${acknowledged.length} events, ${killedAt.length} kills, doubles ${JSON.stringify([...perKill.values()])}, ${JSON.stringify(tally)}, ` +
            `restarts ${JSON.stringify(restarted.map(({ tookMs }) => tookMs))} ms\n`,
        );
        expect(killedAt.length).toBeGreaterThanOrEqual(killsBeforeRestarts);
        expect(acknowledged.length).toBeGreaterThanOrEqual(events);
        const ids = new Set(acknowledged.map(({ id }) => id));
        expect([repeats > 0, doubled, ids.size]).toEqual([true, [], acknowledged.length]);
        expect({ wrong, strangers, unexplained }).toEqual({ wrong: [], strangers: [], unexplained: [] });
        for (const count of perKill.values()) expect(count).toBeLessThanOrEqual(maxInFlight);
        expect(restarted.map((one) => one.name)).toEqual(cluster.members.map((member) => member.name));
        for (const { code, tookMs } of restarted) {
          expect(code).toBe(0);
          expect(tookMs).toBeLessThan(endsWithinMs);
        }
      });
    },
    300_000 + (events / perSecondMax) * 5000,
  );
}

/**
 * One kill after the other, for as long as events come in. Once there were some, half-way all are restarted in good order,
 * one after the other, while nothing is killed.
 */
async function disturb(cluster: Cluster, random: SeededRandom, progress: Progress): Promise<readonly Restarted[]> {
  let restarted: readonly Restarted[] = [];
  const isOver = (): boolean => progress.done && progress.restarted;
  for (let kills = 0; !isOver(); kills += 1) {
    const next = Date.now() + killEveryMs;
    while (Date.now() < next && !isOver()) await pause(50);
    if (isOver()) continue;
    if (!progress.restarted && kills >= killsBeforeRestarts && progress.acknowledged * 2 >= events) {
      restarted = await roll(cluster);
      progress.restarted = true;
      continue;
    }
    const member = cluster.members[random.int(cluster.members.length)];
    await member?.kill9();
    await member?.start();
  }
  return restarted;
}

async function roll(cluster: Cluster): Promise<Restarted[]> {
  const restarted: Restarted[] = [];
  for (const member of cluster.members) restarted.push(await restart(member));
  return restarted;
}

async function restart(member: Member): Promise<Restarted> {
  const at = Date.now();
  const { code, tookMs } = await member.terminate();
  await member.start();
  return { name: member.name, code, tookMs, at };
}
