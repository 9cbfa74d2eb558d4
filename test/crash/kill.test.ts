import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventSchema } from "@tidings/contract/events";
import { messageSchema } from "@tidings/contract/messages";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { SeededRandom } from "../../packages/server/src/lib/seeded-random.ts";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { configureFake } from "../harness/configure-fake.ts";
import { type FakeProviderProcess, startFakeProvider } from "../harness/fake-provider-process.ts";
import { readJournal } from "../harness/journal.ts";
import { pause } from "../harness/pause.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";
import { type Acknowledged, closePools, runLoad } from "./crash-load.ts";

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
  await drained();
}, 900_000);

afterAll(async () => {
  await closePools();
  await stopChild(server);
  await stopChild(provider);
  rmSync(folder, { recursive: true, force: true });
});

/** Waits until nothing is due or under way; a retry is a few seconds off at most. */
async function drained(): Promise<void> {
  const api = new Api(server.url);
  const until = Date.now() + 120_000;
  let quiet = 0;
  while (quiet < 8) {
    if (Date.now() > until) throw new Error("the server did not come to rest");
    await pause(500);
    const open = await openMessages(api);
    quiet = open === 0 ? quiet + 1 : 0;
  }
  await api.close();
}

const pageSchema = z.object({ items: z.array(z.object({ id: z.string() })), nextCursor: z.string().optional() });

async function openMessages(api: Api): Promise<number> {
  let open = 0;
  for (const state of ["queued", "sending"]) {
    let cursor = "";
    do {
      const { json } = await api.call(
        "GET",
        `/v1/messages?state=${state}&limit=100${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      const page = pageSchema.parse(json);
      open += page.items.length;
      cursor = page.nextCursor ?? "";
    } while (cursor !== "" && open === 0);
  }
  return open;
}

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
    const lines = new Map<string, number[]>();
    await readJournal(journal, ({ id, at }) => void lines.set(id, [...(lines.get(id) ?? []), at]));
    const api = new Api(server.url, 16);
    const wrong: string[] = [];
    const known = new Set<string>();
    const tally: Record<string, number> = {};
    const judge = async ({ id, lane }: Acknowledged): Promise<void> => {
      const { json } = await api.call("GET", `/v1/events/${id}`);
      const event = eventSchema.parse(json);
      const messages = event.runs.flatMap((run) => run.messages);
      if (messages.length !== 1) wrong.push(`${id} has ${messages.length} messages`);
      for (const message of messages) {
        known.add(message.id);
        const taken = lines.get(message.id)?.length ?? 0;
        tally[`${lane} ${message.state}`] = (tally[`${lane} ${message.state}`] ?? 0) + 1;
        const fine =
          lane === "marketing"
            ? taken <= 1 && (message.state === "unknown" || (message.state === "sent" && taken === 1))
            : message.state === "sent" && taken >= 1;
        if (!fine) wrong.push(`${lane} ${message.id} is ${message.state} and was taken ${taken} times`);
      }
    };
    for (let from = 0; from < acknowledged.length; from += 200)
      await Promise.all(acknowledged.slice(from, from + 200).map(judge));
    await api.close();
    process.stdout.write(`crash: ${JSON.stringify(tally)}\n`);
    expect(wrong).toEqual([]);
    expect([...lines.keys()].filter((id) => !known.has(id))).toEqual([]);
  }, 120_000);

  test("doubles at most what was started and open at each kill", async () => {
    const taken = new Map<string, number>();
    await readJournal(journal, ({ id }) => void taken.set(id, (taken.get(id) ?? 0) + 1));
    const doubledIds = [...taken].filter(([, times]) => times > 1).map(([id]) => id);
    const perKill = new Map<number, number>();
    const unexplained: string[] = [];
    const api = new Api(server.url, 16);
    for (const id of doubledIds) {
      const { attempts } = messageSchema.parse((await api.call("GET", `/v1/messages/${id}`)).json);
      const starts = attempts.map(({ startedAt }) => Date.parse(startedAt));
      // By the server's own record: whatever was started twice, a kill lies between the two.
      for (const [index, again] of starts.entries()) {
        // A refusal is tried again by right; it was not taken.
        if (index === 0 || attempts[index - 1]?.outcome === "rejected") continue;
        const kill = killedAt.findLast((moment) => moment <= again && moment >= (starts[index - 1] ?? again));
        if (kill === undefined) unexplained.push(id);
        else perKill.set(kill, (perKill.get(kill) ?? 0) + 1);
      }
    }
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
