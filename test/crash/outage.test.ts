import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { SeededRandom } from "../../packages/server/src/lib/seeded-random.ts";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { configureFake, putFake } from "../harness/configure-fake.ts";
import { runLoad } from "../harness/event-load.ts";
import { type FakeProviderProcess, startFakeProvider } from "../harness/fake-provider-process.ts";
import { pause } from "../harness/pause.ts";
import { startServerProcess } from "../harness/server-process.ts";
import { until } from "../harness/until.ts";
import { type OutageFigures, outageFigures } from "./outage-world.ts";

const seed = Number(process.env["TIDINGS_TEST_SEED"] ?? Date.now() % 2 ** 31);
const seconds = Number(process.env["TIDINGS_TEST_OUTAGE_SECONDS"] ?? 15);
/** Events a second; the full size asks for all that the machine has. */
const perSecond = Number(process.env["TIDINGS_TEST_OUTAGE_PER_SECOND"] ?? 300);
const beforeMs = 3000;
const backMsMax = 60_000;
const eventsMax = 2_000_000;

const pageSchema = z.object({ items: z.array(z.unknown()) });

/** What stands on the primary's port while it is away; nothing for `refused`. */
const outages = {
  refused: undefined,
  "answering 503": ["--answer-status", "503"],
  blackholed: ["--blackhole"],
} as const;

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function isOpen(api: Api): Promise<boolean> {
  for (const state of ["queued", "sending"]) {
    const { json } = await api.call("GET", `/v1/messages?state=${state}&limit=1`);
    if (pageSchema.parse(json).items.length > 0) return true;
  }
  return false;
}

async function play(away: readonly string[] | undefined): Promise<OutageFigures> {
  const folder = mkdtempSync(join(tmpdir(), "tidings-outage-"));
  cleanups.push(async () => rmSync(folder, { recursive: true, force: true }));
  const journals = { primary: join(folder, "primary.jsonl"), secondary: join(folder, "secondary.jsonl") };
  const dataDir = join(folder, "data");
  const primaryArgs = ["--journal", journals.primary, "--latency-ms", "20"];
  let primary: FakeProviderProcess = await startFakeProvider(primaryArgs);
  const port = Number(new URL(primary.url).port);
  const secondary = await startFakeProvider(["--journal", journals.secondary, "--latency-ms", "20"]);
  const server = await startServerProcess(dataDir, { TIDINGS_LOG_LEVEL: "error" });
  cleanups.push(
    () => stopChild(primary),
    () => stopChild(secondary),
    () => stopChild(server),
  );
  const api = new Api(server.url);
  cleanups.push(() => api.close());
  const account = { maxBatch: 1, maxInFlight: 500 };
  await configureFake(api, { ...account, baseUrl: primary.url, priority: 1 });
  await putFake(api, "other", { ...account, baseUrl: secondary.url, priority: 2 });

  let goesOn = true;
  const load = runLoad({
    events: 1,
    more: { goesOn: () => goesOn, eventsMax },
    callers: 32,
    random: new SeededRandom(seed),
    perSecondMax: perSecond,
    url: () => server.url,
    onAcknowledged: () => {},
  });
  await pause(beforeMs);
  await stopChild(primary, "SIGKILL");
  const from = Date.now();
  if (away !== undefined) primary = await startFakeProvider(away, port);
  await pause(seconds * 1000 - (Date.now() - from));
  if (away !== undefined) await stopChild(primary, "SIGKILL");
  primary = await startFakeProvider(primaryArgs, port);
  const to = Date.now();
  // The longest pause between probes, and something behind it.
  await pause(Math.min(backMsMax, 25_000));
  goesOn = false;
  await load;
  await until("every message has ended", async () => !(await isOpen(api)), 180_000, 200);
  await stopChild(server);
  return outageFigures(dataDir, journals, { from, to });
}

describe("a primary provider that is away while a secondary stands beside it", () => {
  test.each(Object.entries(outages))(
    "%s: what is not started goes out by the other within ten seconds, nothing is lost, and it comes back",
    async (name, away) => {
      const figures = await play(away);
      const { lost, doubled, ...counts } = figures;
      process.stdout.write(`outage, ${name}: ${JSON.stringify({ seed, seconds, perSecond, ...counts })}\n`);
      expect(lost).toEqual([]);
      expect(doubled).toEqual([]);
      expect(figures.fresh).toBeGreaterThan(seconds * 10);
      expect(figures.inTime / figures.fresh).toBeGreaterThanOrEqual(0.99);
      expect(figures.probes / figures.beside).toBeLessThanOrEqual(0.01);
      expect(figures.backMs).toBeLessThanOrEqual(backMsMax);
      expect(figures.shareAtEnd).toBeGreaterThanOrEqual(0.95);
    },
    (seconds + 240) * 1000,
  );
});
