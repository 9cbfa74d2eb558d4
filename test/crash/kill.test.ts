import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SeededRandom } from "../../packages/server/src/lib/seeded-random.ts";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { configureFake } from "../harness/configure-fake.ts";
import { type Acknowledged, closePools, runLoad } from "../harness/event-load.ts";
import { type FakeProviderProcess, startFakeProvider } from "../harness/fake-provider-process.ts";
import { pause } from "../harness/pause.ts";
import { untilAtRest } from "../harness/rest.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";
import { explainDoubles, judgeDeliveries } from "../harness/verdict.ts";

const events = Number(process.env["TIDINGS_TEST_CRASH_EVENTS"] ?? 6000);
const kills = Number(process.env["TIDINGS_TEST_CRASH_KILLS"] ?? 10);
const seed = Number(process.env["TIDINGS_TEST_SEED"] ?? Date.now() % 1_000_000);
const maxInFlight = 100;

const folder = mkdtempSync(join(tmpdir(), "tidings-crash-"));
const journal = join(folder, "journal.jsonl");
const log: string[] = [];
let provider: FakeProviderProcess;
let server: ServerProcess;
const killedAt: number[] = [];
let acknowledged: Acknowledged[] = [];
let doubled: string[] = [];
let repeats = 0;

const start = (port: number) =>
  startServerProcess(
    join(folder, "data"),
    { TIDINGS_MAX_IN_FLIGHT: String(maxInFlight), TIDINGS_LOG_LEVEL: "debug" },
    { port, onLine: (line) => log.push(line) },
  );

/** Kills at random moments while the load runs, and starts again on the same port and data. */
async function killAndRestart(random: SeededRandom, enough: () => boolean): Promise<void> {
  while (!enough()) {
    await pause(200 + random.int(600));
    if (enough()) return;
    killedAt.push(Date.now());
    await stopChild(server, "SIGKILL");
    server = await start(server.port);
  }
}

beforeAll(async () => {
  process.stdout.write(`crash: seed ${seed}, ${events} events, at least ${kills} kills\n`);
  const random = new SeededRandom(seed);
  provider = await startFakeProvider([
    "--journal",
    journal,
    "--settings",
    JSON.stringify({ latencyMs: { min: 1, max: 20 } }),
  ]);
  server = await start(0);
  const api = new Api(server.url);
  await configureFake(api, { baseUrl: provider.url, maxBatch: 1, maxInFlight: 60 });
  await api.close();
  let done = false;
  let count = 0;
  // The load is held back while kills are missing, so that each of them falls into it.
  const load = runLoad({
    events,
    callers: 24,
    random: random.fork(),
    url: () => server.url,
    onAcknowledged: (n) => {
      count = n;
    },
  }).finally(() => {
    done = true;
  });
  await Promise.all([load, killAndRestart(random, () => done || killedAt.length >= kills * 3)]);
  while (killedAt.length < kills) await killAndRestart(random, () => killedAt.length >= kills);
  ({ acknowledged, doubled, repeats } = await load);
  expect(count).toBe(events);
  const rest = new Api(server.url);
  await untilAtRest(rest);
  await rest.close();
}, 900_000);

afterAll(async () => {
  await closePools();
  await stopChild(server);
  await stopChild(provider);
  rmSync(folder, { recursive: true, force: true });
});

describe("a server that is killed again and again under load", () => {
  test("was killed often enough", () => {
    expect(killedAt.length).toBeGreaterThanOrEqual(kills);
  });

  test("gives every repeated post the id of the first", () => {
    expect(repeats).toBeGreaterThan(0);
    expect(doubled).toEqual([]);
    expect(new Set(acknowledged.map(({ id }) => id)).size).toBe(events);
  });

  test("sends every critical and transactional event that got a 202, and marketing at most once", async () => {
    const api = new Api(server.url, 16);
    const { wrong, strangers, tally } = await judgeDeliveries(api, journal, acknowledged);
    await api.close();
    process.stdout.write(`crash: ${JSON.stringify(tally)}\n`);
    expect(wrong).toEqual([]);
    expect(strangers).toEqual([]);
  }, 120_000);

  test("doubles at most what was started and open at each kill", async () => {
    const api = new Api(server.url, 16);
    const { unexplained, perKill } = await explainDoubles(api, journal, killedAt);
    await api.close();
    process.stdout.write(
      `crash: ${killedAt.length} kills, doubles per kill ${JSON.stringify([...perKill.values()])}, bound ${maxInFlight}\n`,
    );
    expect(unexplained).toEqual([]);
    for (const count of perKill.values()) expect(count).toBeLessThanOrEqual(maxInFlight);
  });

  test("keeps no address in clear, in its files or its log", () => {
    const needles = ["secret-domain.example", "person17@"];
    const found: string[] = [];
    for (const name of readdirSync(join(folder, "data"))) {
      const text = readFileSync(join(folder, "data", name)).toString("latin1");
      for (const needle of needles) if (text.includes(needle)) found.push(`${needle} in ${name}`);
    }
    for (const needle of needles) if (log.some((line) => line.includes(needle))) found.push(`${needle} in the log`);
    expect(log.length).toBeGreaterThan(0);
    expect(found).toEqual([]);
  });
});
