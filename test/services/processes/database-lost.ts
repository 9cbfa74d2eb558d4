import { expect, test } from "vitest";
import { SeededRandom } from "../../../packages/server/src/lib/seeded-random.ts";
import { closePools, runLoad } from "../../harness/event-load.ts";
import { readJournal } from "../../harness/journal.ts";
import { pause } from "../../harness/pause.ts";
import { untilAtRest } from "../../harness/rest.ts";
import { explainDoubles, judgeDeliveries } from "../../harness/verdict.ts";
import { type Postgres, startPostgres } from "../servers/postgres.ts";
import { sql } from "../servers/postgres-sql.ts";
import type { Engine, EngineDescription } from "./engines.ts";
import { inWorld, type World } from "./world.ts";

const events = Number(process.env["TIDINGS_TEST_PROCESSES_DATABASE_EVENTS"] ?? 1500);
const perSecondMax = 150;
const seed = Number(process.env["TIDINGS_TEST_SEED"] ?? Date.now() % 1_000_000);
const backAfterRestartMs = 10_000;
const backAfterPromotionMs = 15_000;
/** How long the database stays away before it is started again. */
const awayMs = 3000;

const roles = [["api", "orchestrate"], ["deliver", "feedback"], ["deliver"]] as const;

/** The servers of this suite are its own, as they are killed. */
export function databaseLostSuite(description: EngineDescription): void {
  test("a database that is killed and restarted under load costs no event, and is found again by itself", async () => {
    await withEngine(description, (engine) =>
      inWorld(engine, { roles }, async (world) => {
        const backMs = await underLoad(world, async () => {
          await engine.postgres.kill9();
          await pause(awayMs);
          await engine.postgres.restart();
          return Date.now();
        });
        expect(backMs).toBeLessThan(backAfterRestartMs);
      }),
    );
  }, 240_000);

  test("a standby that is promoted in place of a killed primary is found by its place in the URL, without a lost event", async () => {
    await withEngine(description, async (engine) => {
      const primary = engine.postgres;
      const standby = await startPostgres({ version: "15", replicaOf: primary });
      try {
        await makeSynchronous(primary);
        const databaseUrl = primary.url.replace(/@([^/]+)/, `@$1,127.0.0.1:${standby.port}`);
        await inWorld(engine, { roles, databaseUrl }, async (world) => {
          const backMs = await underLoad(world, async () => {
            const killedAt = Date.now();
            await primary.kill9();
            await standby.promote();
            return killedAt;
          });
          expect(backMs).toBeLessThan(backAfterPromotionMs);
        });
      } finally {
        await standby.remove();
      }
    });
  }, 240_000);
}

async function withEngine(description: EngineDescription, body: (engine: Engine) => Promise<void>): Promise<void> {
  const engine = await description.start();
  try {
    await body(engine);
  } finally {
    await engine.remove();
  }
}

/** A commit is answered once the standby has it, from the moment on at which it is there. */
async function makeSynchronous({ adminUrl }: Postgres): Promise<void> {
  await sql(adminUrl, "alter system set synchronous_standby_names = '*'");
  await sql(adminUrl, "select pg_reload_conf()");
  for (const end = Date.now() + 30_000; ; await pause(50)) {
    const [row] = await sql(
      adminUrl,
      "select count(*)::int as count from pg_stat_replication where sync_state = 'sync'",
    );
    if (row?.["count"] === 1) return;
    if (Date.now() > end) throw new Error("the standby does not follow");
  }
}

/**
 * Breaks something in the middle of a load. Nothing that was acknowledged may be lost, and what is doubled was under way.
 * Gives how long after the moment that `breakIt` tells an event is taken in and sent again.
 */
export async function underLoad({ cluster, api, journal }: World, breakIt: () => Promise<number>): Promise<number> {
  const acknowledgedAt: number[] = [];
  let killedAt = 0;
  let since = 0;
  const breaking = async (): Promise<void> => {
    while (acknowledgedAt.length < events / 3) await pause(20);
    killedAt = Date.now();
    since = await breakIt();
  };
  const load = runLoad({
    events,
    perSecondMax,
    callers: 24,
    random: new SeededRandom(seed),
    url: cluster.anyUrl,
    onAcknowledged: () => void acknowledgedAt.push(Date.now()),
  });
  const [{ acknowledged, doubled }] = await Promise.all([load, breaking()]);
  await untilAtRest(api);
  await closePools();
  const { wrong, strangers, tally } = await judgeDeliveries(api, journal, acknowledged);
  const { unexplained, perKill } = await explainDoubles(api, journal, [killedAt]);
  const sentAt: number[] = [];
  await readJournal(journal, ({ at }) => void sentAt.push(at));
  const firstAfter = (times: readonly number[]): number => Math.min(...times.filter((at) => at > since)) - since;
  const [inMs, outMs] = [firstAfter(acknowledgedAt), firstAfter(sentAt)];
  process.stdout.write(
    `broken under load: seed ${seed}, events in again after ${Math.round(inMs)} ms, out after ${Math.round(outMs)} ms, ` +
      `doubles ${perKill.get(killedAt) ?? 0}, ${JSON.stringify(tally)}\n`,
  );
  expect({ wrong, strangers, unexplained, doubled }).toEqual({
    wrong: [],
    strangers: [],
    unexplained: [],
    doubled: [],
  });
  expect(acknowledged).toHaveLength(events);
  return Math.max(inMs, outMs);
}
