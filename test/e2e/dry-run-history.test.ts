import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Tidings } from "../../packages/client/src/tidings.ts";
import { stopChild } from "../harness/child.ts";
import { tidings } from "../harness/cli.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const cwd = mkdtempSync(join(tmpdir(), "tidings histories "));
const count = 120;
let server: ServerProcess;
let api: Tidings;
const run = (...args: string[]) => tidings(args, { cwd, env: { TIDINGS_URL: server.url, TIDINGS_API_KEY: apiKey } });

const mail = { id: "mail", type: "channel" as const, channel: "email" as const, template: "order" };
const text = { id: "text", type: "channel" as const, channel: "sms" as const, template: "order" };
const proposed = { event: "order.shipped", category: "orders", steps: [text] };

/** Ten people: u0 to u4 have a phone, u5 has no mail address. */
beforeAll(async () => {
  // A call ends with its first page: what goes over all of them has to go on.
  server = await startServerProcess(join(cwd, "data"), { TIDINGS_DRY_RUN_HISTORY_EVENTS_MAX: "40" });
  api = new Tidings({ apiKey, baseUrl: server.url });
  await api.categories.put("orders", { class: "transactional" });
  await api.integrations.put("mailbox", { channel: "email", provider: "sandbox" });
  await api.integrations.put("phone", { channel: "sms", provider: "sandbox" });
  await api.templates.put("order", { email: { subject: "s", text: "t" }, sms: { text: "t" } });
  await api.workflows.put("shipped", { event: "order.shipped", category: "orders", steps: [mail] });
  for (let index = 0; index < 10; index += 1)
    await api.recipients.put(`u${index}`, {
      ...(index === 5 ? {} : { email: `u${index}@example.org` }),
      ...(index < 5 ? { phone: `+4366400000${100 + index}` } : {}),
    });
  const sent: { id: string }[] = [];
  for (let index = 0; index < count; index += 1)
    sent.push(await api.events.send("order.shipped", { recipients: [`u${index % 10}`], data: { order: index % 40 } }));
  await vi.waitFor(async () => {
    for (const { id } of sent) if ((await api.events.get(id)).state !== "done") throw new Error(`${id} is open`);
  }, 20_000);
}, 180_000);
afterAll(async () => {
  await stopChild(server);
  rmSync(cwd, { recursive: true, force: true });
});

test("a change is weighed part by part, against what is published, with its cost and whom it gains and loses", async () => {
  writeFileSync(join(cwd, "shipped.json"), JSON.stringify(proposed));
  const args = ["dry-run", "shipped", "--days", "7", "--file", "shipped.json", "--price", "sms=0.05"];
  const { stdout, code } = await run(...args, "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    publishedVersion: 1,
    proposedVersion: 0,
    isComplete: true,
    events: { selected: count, weighed: count, partial: 0, skipped: [] },
    messages: { published: 108, proposed: 60, difference: -48 },
    channels: [
      { channel: "email", published: 108, proposed: 0, difference: -108 },
      {
        channel: "sms",
        published: 0,
        proposed: 60,
        difference: 60,
        cost: { published: 0, proposed: 3, difference: 3 },
      },
    ],
    cost: { published: 0, proposed: 3, difference: 3 },
    recipients: {
      published: 9,
      proposed: 5,
      gained: 0,
      lost: 4,
      lostSample: ["u6", "u7", "u8", "u9"],
    },
    notSent: [{ reason: "no_address", published: 12, proposed: 60 }],
    basis: expect.stringContaining("are those of now"),
  });
  const shown = await run(...args);
  expect(shown.stdout).toContain("shipped not published against v1, events from ");
  expect(shown.stdout).toMatch(/sms +0 +60 +\+60 +\+3\n/);
  expect(shown.stdout).toContain("  lost 4: u6, u7, u8, u9\n");
  const part = await api.workflows.dryRunHistory("shipped", { days: 7, workflow: proposed });
  expect(part).toMatchObject({ isComplete: false, events: { weighed: 50 } });
  expect(Date.parse(part.until)).toBeLessThan(Date.parse(part.to));
}, 60_000);

test("what is proposed is held to its own caps and keys, and not to what was really sent", async () => {
  const category = {
    class: "transactional" as const,
    caps: [{ limit: 2, windowSeconds: 3600, over: "drop" as const }],
  };
  const capped = await api.workflows.dryRunHistory("shipped", { days: 7, category });
  // Fifty events of ten people, of whom one has no address.
  expect(capped.messages).toEqual({ published: 45, proposed: 18, difference: -27 });
  expect(capped.notSent).toContainEqual(expect.objectContaining({ reason: "cap_reached", published: 0, proposed: 27 }));
  const workflow = { ...proposed, steps: [mail], dedupe: { key: "data.order", windowSeconds: 3600 } };
  const deduped = await api.workflows.dryRunHistory("shipped", { days: 7, workflow });
  expect(deduped.notSent).toContainEqual(expect.objectContaining({ reason: "deduplicated", proposed: 10 }));
  const gathered = {
    ...proposed,
    steps: [{ id: "all", type: "digest" as const, window: { kind: "fixed" as const, seconds: 3600 } }, mail],
  };
  expect((await api.workflows.dryRunHistory("shipped", { days: 7, workflow: gathered })).messages.proposed).toBe(9);
}, 60_000);

test("of messages that wait, the newer one of a collapse key takes the place of the one before", async () => {
  const clock = (hours: number) => `${String((new Date().getUTCHours() + 24 + hours) % 24).padStart(2, "0")}:00`;
  const category = { class: "transactional" as const, quietHours: { from: clock(-2), to: clock(3) } };
  const workflow = { ...proposed, steps: [{ ...mail, collapseKey: "data.order" }] };
  const waiting = await api.workflows.dryRunHistory("shipped", { days: 7, workflow, category });
  // Of fifty events ten have an order that came before, one of them without an address.
  expect(waiting.messages.proposed).toBe(36);
  expect(waiting.notSent).toContainEqual(expect.objectContaining({ reason: "superseded", published: 0, proposed: 9 }));
  const atOnce = await api.workflows.dryRunHistory("shipped", { days: 7, workflow });
  expect(atOnce.messages.proposed).toBe(45);
}, 60_000);

test("preferences are those of now, nothing is written, and a workflow that is new is compared with nothing", async () => {
  await api.preferences.put("u0", { all: { email: "off" } });
  const workflow = { ...proposed, steps: [mail, text] };
  const fresh = await api.workflows.dryRunHistory("survey", { days: 7, workflow });
  expect(fresh.publishedVersion).toBeUndefined();
  expect(fresh.messages).toEqual({ published: 0, proposed: 65, difference: 65 });
  expect(fresh.notSent).toContainEqual(expect.objectContaining({ reason: "opted_out", published: 0, proposed: 5 }));
  expect((await api.messages.list({ limit: 100, channel: "sms" }).page()).items).toEqual([]);
  await api.preferences.put("u0", {});
}, 60_000);

test("what cannot be weighed is refused with its place", async () => {
  const bad = (body: { days: number; cursor?: string; workflow?: typeof proposed }, key = "shipped") =>
    api.workflows.dryRunHistory(key, body).then(Object, (error: unknown) => error);
  expect(await bad({ days: 0 })).toMatchObject({ faults: [{ path: "days" }] });
  expect(await bad({ days: 1 }, "gone")).toMatchObject({ code: "not_found" });
  expect(await bad({ days: 1, cursor: "bm9uZQ" })).toMatchObject({ faults: [{ path: "cursor" }] });
  expect(await bad({ days: 1, workflow: { ...proposed, category: "gone" } })).toMatchObject({
    faults: [{ path: "workflow.category" }],
  });
  const { code, stderr } = await run("dry-run", "shipped", "--days", "7", "--event", "x");
  expect([code, stderr.includes("--event is of one event")]).toEqual([2, true]);
});
