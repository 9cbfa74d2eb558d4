import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Tidings } from "../../packages/client/src/tidings.ts";
import { stopChild } from "../harness/child.ts";
import { tidings } from "../harness/cli.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const cwd = mkdtempSync(join(tmpdir(), "tidings replays "));
const count = 60;
const from = new Date(Date.now() - 60_000).toISOString();
let server: ServerProcess;
let api: Tidings;
const events: string[] = [];
const run = (...args: string[]) => tidings(args, { cwd, env: { TIDINGS_URL: server.url, TIDINGS_API_KEY: apiKey } });

async function begin(): Promise<void> {
  server = await startServerProcess(join(cwd, "data"));
  api = new Tidings({ apiKey, baseUrl: server.url });
}

beforeAll(async () => {
  await begin();
  await api.categories.put("orders", { class: "transactional" });
  await api.integrations.put("mailbox", { channel: "email", provider: "sandbox" });
  await api.templates.put("order", { email: { subject: "Order {{data.order}}", text: "t" } });
  const steps = [{ id: "mail", type: "channel" as const, channel: "email" as const, template: "order" }];
  await api.workflows.put("shipped", { event: "order.shipped", category: "orders", steps });
  for (let index = 0; index < count; index += 1) {
    const recipients = [{ id: `u${index % 10}`, email: `u${index % 10}@example.org` }];
    events.push((await api.events.send("order.shipped", { recipients, data: { order: index } })).id);
  }
  await vi.waitFor(async () => {
    for (const id of events) if ((await api.events.get(id)).state !== "done") throw new Error(`${id} is open`);
  }, 20_000);
  await api.workflows.put("survey", { event: "order.shipped", category: "orders", steps });
}, 180_000);
afterAll(async () => {
  await stopChild(server);
  rmSync(cwd, { recursive: true, force: true });
});

test("a replay is previewed, killed on its way, and makes each event once for the workflow that is new", async () => {
  await api.suppressions.add([{ channel: "email", address: "u3@example.org" }]);
  const selection = { names: ["order.shipped"], from, workflows: ["survey"] };
  expect(await api.replays.preview(selection)).toEqual({
    selected: count,
    names: [{ name: "order.shipped", count }],
    skipped: [],
    isComplete: true,
    weighed: {
      events: count,
      recipients: 10,
      messages: count - 6,
      channels: [{ channel: "email", messages: count - 6 }],
      workflows: [{ workflow: "survey", messages: count - 6 }],
      notSent: [{ reason: "suppressed", text: expect.stringContaining("suppressed"), count: 6 }],
      partial: 0,
      isComplete: true,
    },
  });
  const start = () => api.replays.start({ ...selection, perSecond: 20 }, { idempotencyKey: "survey" });
  const { id } = await start();
  await expect.poll(async () => (await api.replays.get(id)).progress?.replayed ?? 0).toBeGreaterThan(0);
  await stopChild(server, "SIGKILL");
  await begin();
  expect(await start()).toEqual({ id });
  const done = await run("replays", "show", id, "--watch", "--json");
  expect(done.code).toBe(0);
  expect(JSON.parse(done.stdout)).toMatchObject({
    state: "done",
    names: ["order.shipped"],
    perSecond: 20,
    progress: { total: count, selected: count, replayed: count, skipped: [], part: 1, secondsLeft: 0 },
  });
  const made = new Set<string>();
  for (const event of events) {
    const { generations = [], runs } = await api.events.get(event);
    const own = generations.filter(({ replay }) => replay === id);
    expect(own).toHaveLength(1);
    expect(runs.map(({ workflow }) => workflow)).toEqual(["shipped"]);
    made.add(own[0]?.id ?? "");
  }
  expect(made.size).toBe(count);
  for (const event of made) {
    const read = async () => api.events.get(event);
    // What was under way when it was killed is tried again, later.
    await expect
      .poll(async () => (await read()).runs[0]?.messages[0]?.state, { timeout: 60_000 })
      .toMatch(/sent|suppr|deliv/);
    const { runs, generation, replay, replayOf } = await read();
    expect(runs.map(({ workflow, messages }) => [workflow, messages.length])).toEqual([["survey", 1]]);
    expect([(generation ?? 0) > 0, replay, events.includes(replayOf ?? "")]).toEqual([true, id, true]);
  }
}, 180_000);

test("on the command line events are named, previewed, replayed to one recipient, listed and canceled", async () => {
  const [event = ""] = events;
  const before = (await api.events.get(event)).generations?.length ?? 0;
  const previewed = await run("replays", "preview", "--event", event, "--workflow", "survey");
  expect(previewed.stdout).toContain("1 events\n  1 × order.shipped\n");
  expect(previewed.stdout).toContain("  1 messages would go out\n");
  const done = await run("replays", "start", "--event", event, "--recipient", "u0", "--yes", "--watch");
  expect(done.code).toBe(0);
  expect(done.stdout).toMatch(/^done {2}\S+\n {2}1 named events\n/);
  const [newest] = (await api.events.get(event)).generations ?? [];
  expect(newest?.generation).toBe(before + 1);
  const slow = await run("replays", "start", "--name", "order.shipped", "--from", from, "--per-second", "1", "--yes");
  const id = slow.stdout.trim();
  const canceled = await run("replays", "cancel", id, "--yes");
  expect(canceled.stdout).toMatch(/^\d+ events, 0 runs and \d+ messages canceled\n$/);
  expect((await api.replays.get(id)).state).toBe("canceled");
  expect((await run("replays", "list")).stdout).toContain(`${id}  canceled`);
}, 180_000);

test("what cannot be replayed is refused with its place", async () => {
  const bad = (body: object) => api.replays.start(body).then(Object, (error: unknown) => error);
  expect(await bad({})).toMatchObject({ faults: [{ path: "names" }, { path: "from" }] });
  const selection = { names: ["order.shipped"], from };
  expect(await bad({ ...selection, events })).toMatchObject({ faults: [{ path: "events" }] });
  expect(await bad({ ...selection, to: from })).toMatchObject({ faults: [{ path: "from" }] });
  expect(await bad({ names: ["unheard"], from })).toMatchObject({ faults: [{ path: "names" }] });
  expect(await bad({ ...selection, workflows: ["survey", "gone"] })).toMatchObject({
    faults: [{ path: "workflows[1]" }],
  });
  expect(await bad({ ...selection, perSecond: 5000 })).toMatchObject({ faults: [{ path: "perSecond" }] });
  const cli = await run("replays", "start", "--name", "order.shipped", "--yes");
  expect([cli.code, cli.stderr.includes("from")]).toEqual([2, true]);
});
