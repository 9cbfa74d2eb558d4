import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { Api } from "../harness/api.ts";
import { untilCampaignsDone } from "../harness/campaigns-done.ts";
import { stopChild } from "../harness/child.ts";
import { configureFake } from "../harness/configure-fake.ts";
import { type FakeProviderProcess, startFakeProvider, statsOf } from "../harness/fake-provider-process.ts";
import { fillTopic } from "../harness/fill-topic.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";
import { type Judged, judge, peakMib, personAt, topic, untilTaken } from "./topic-world.ts";

const recipients = Number(process.env["TIDINGS_TEST_TOPIC_RECIPIENTS"] ?? 5000);
const kills = 3;
const isLarge = recipients >= 50_000;
const [maxInFlight, maxBatch] = isLarge ? [2000, 500] : [200, 50];
const timeoutMs = 120_000 + recipients * 10;
const memoryMibMax = 512;

const folder = mkdtempSync(join(tmpdir(), "tidings-topic-"));
const dataDir = join(folder, "data");
const journal = join(folder, "journal.jsonl");
let provider: FakeProviderProcess;
let server: ServerProcess;
let event = "";
let judged: Judged;
/** The most memory of each server that the event was on, and of the one that took the subscribers in before, MiB. */
const peaks: number[] = [];
let fillingPeak = 0;

const start = (port: number) => startServerProcess(dataDir, { TIDINGS_MAX_IN_FLIGHT: String(maxInFlight) }, { port });

beforeAll(async () => {
  provider = await startFakeProvider(["--journal", journal, "--latency-ms", isLarge ? "20" : "50"]);
  server = await start(0);
  const api = new Api(server.url);
  await configureFake(api, { baseUrl: provider.url, maxBatch, maxInFlight });
  const filling = Date.now();
  await fillTopic(api, topic, recipients, personAt);
  const filled = Date.now();
  fillingPeak = peakMib(server);
  await api.close();
  // So that the one peak says nothing of the other.
  await stopChild(server);
  server = await start(server.port);
  const sender = new Api(server.url);
  const sending = Date.now();
  const campaign = { name: "To everybody", event: "marketing", recipients: [{ topic }] };
  const { json } = await sender.call("POST", "/v1/campaigns", campaign);
  event = z.object({ id: z.string() }).parse(json).id;
  await sender.close();
  for (let kill = 1; kill <= kills; kill += 1) {
    await untilTaken(provider, (recipients * kill) / (kills + 1), timeoutMs);
    peaks.push(peakMib(server));
    await stopChild(server, "SIGKILL");
    server = await start(server.port);
  }
  const after = new Api(server.url);
  await untilCampaignsDone(after, [event], timeoutMs);
  peaks.push(peakMib(server));
  const seconds = (Date.now() - sending) / 1000;
  const { messages } = await statsOf(provider);
  await after.close();
  await stopChild(server);
  judged = await judge(dataDir, event, journal);
  const { doubled, takenTwice, untakenElse, ...figures } = judged;
  process.stdout.write(
    `topic: ${JSON.stringify({ recipients, fillingSeconds: (filled - filling) / 1000, fillingPeakMib: Math.round(fillingPeak), seconds, perSecond: Math.round(messages / seconds), peaksMib: peaks.map(Math.round), ...figures })}\n`,
  );
}, timeoutMs * 3);

afterAll(async () => {
  await stopChild(server);
  await stopChild(provider);
  rmSync(folder, { recursive: true, force: true });
});

describe("an event to a topic, on a server that is killed three times on its way", () => {
  test("makes one message for each subscriber", () => {
    expect(judged.messages).toBe(recipients);
    expect(judged.doubled).toEqual([]);
  });

  test("gives none of them to the provider twice, and ends those that a kill left open as unknown", () => {
    expect(judged.takenTwice).toEqual([]);
    expect(judged.untakenElse).toEqual([]);
    expect(judged.untaken).toBeLessThanOrEqual(kills * maxInFlight);
  });

  test("has a bounded part of them in memory, also while they are taken in", () => {
    for (const peak of [fillingPeak, ...peaks]) expect(peak).toBeLessThanOrEqual(memoryMibMax);
  });
});
