import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { configureFake } from "../harness/configure-fake.ts";
import { type FakeProviderProcess, startFakeProvider, statsOf } from "../harness/fake-provider-process.ts";
import { readJournal } from "../harness/journal.ts";
import { messagesOf } from "../harness/messages-of.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const folder = mkdtempSync(join(tmpdir(), "tidings-order-"));
const journal = join(folder, "journal");
const people = 5;
const eventsEach = 24;
const lanes = ["critical", "transactional", "marketing"] as const;
let server: ServerProcess;
let provider: FakeProviderProcess;
let api: Api;

beforeAll(async () => {
  const faults = { refuseTransient: 0.15, latencyMs: { min: 0, max: 30 }, seed: 7 };
  provider = await startFakeProvider(["--journal", journal, "--settings", JSON.stringify(faults)]);
  server = await startServerProcess(join(folder, "data"));
  api = new Api(server.url);
  await configureFake(api, { baseUrl: provider.url, maxBatch: 1, maxInFlight: 100 });
}, 60_000);

afterAll(async () => {
  await api.close();
  await stopChild(server);
  await stopChild(provider);
  rmSync(folder, { recursive: true, force: true });
});

const resultsSchema = z.object({ results: z.array(z.object({ id: z.string() })) });

test("a provider that refuses some gets each recipient's messages in the order of their events, in whatever lanes", {
  timeout: 180_000,
}, async () => {
  const events: { id: string; person: number }[] = [];
  for (let from = 0; from < eventsEach; from += 6) {
    // Everybody's in turns, so that all of them are under way at once; of each some come together.
    const batch = Array.from({ length: 6 * people }, (_, index) => ({
      person: index % people,
      name: lanes[(index + from) % lanes.length],
    }));
    const body = batch.map(({ person, name }) => ({
      name,
      recipients: [{ id: `u${person}`, email: `u${person}@example.com` }],
      orderingKey: `of ${person}`,
      data: { order: 1 },
    }));
    const { results } = resultsSchema.parse((await api.call("POST", "/v1/events/batch", { events: body })).json);
    for (const [index, { id }] of results.entries()) events.push({ id, person: batch[index]?.person ?? -1 });
  }
  const taken = async () => (await statsOf(provider)).messages;
  await vi.waitUntil(async () => (await taken()) >= people * eventsEach, { timeout: 150_000, interval: 200 });
  const order: string[] = [];
  await readJournal(journal, ({ id }) => order.push(id));
  const messages = await messagesOf(api, events);
  expect(messages).toHaveLength(people * eventsEach);
  for (let person = 0; person < people; person += 1) {
    const own = messages.filter(({ recipient }) => recipient === `u${person}`).map(({ id }) => order.indexOf(id));
    expect(own).toHaveLength(eventsEach);
    expect(own).not.toContain(-1);
    expect(own).toEqual(own.toSorted((a, b) => a - b));
  }
});
