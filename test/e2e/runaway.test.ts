import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { Tidings } from "../../packages/client/src/tidings.ts";
import { stopChild } from "../harness/child.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const timeout = 60_000;
const folders: string[] = [];
let server: ServerProcess | undefined;
afterEach(async () => {
  if (server !== undefined) await stopChild(server);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A server whose workflow sends a mail and two more of its own event. */
async function begin(settings: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), "tidings runaway "));
  folders.push(folder);
  const lines: string[] = [];
  server = await startServerProcess(join(folder, "data"), settings, { onLine: (line) => lines.push(line) });
  const { url } = server;
  const api = new Tidings({ apiKey, baseUrl: url });
  await api.categories.put("orders", { class: "transactional" });
  await api.integrations.put("mailbox", { channel: "email", provider: "sandbox" });
  await api.templates.put("order", { email: { subject: "{{data.order}}", text: "t" } });
  const again = (id: string) => ({ id, type: "event" as const, event: "order.changed" });
  const steps = [
    { id: "mail", type: "channel" as const, channel: "email" as const, template: "order" },
    again("one"),
    again("two"),
  ];
  await api.workflows.put("changed", { event: "order.changed", category: "orders", steps });
  const recipients = [{ id: "anna", email: "anna@example.org" }];
  const { id } = await api.events.send("order.changed", { recipients, data: { order: 7 } });
  const get = async (path: string) =>
    (await fetch(url + path, { headers: { authorization: `Bearer ${apiKey}` } })).text();
  /** The first event, once nothing is left to do. */
  const settled = () =>
    vi.waitUntil(
      async () => {
        const before = (await api.events.get(id)).derived;
        const { items } = await api.queues.list();
        const event = await api.events.get(id);
        const isIdle = items.every(({ due }) => due === 0) && event.state === "done";
        return isIdle && JSON.stringify(before) === JSON.stringify(event.derived) ? event : undefined;
      },
      { timeout, interval: 300 },
    );
  return { api, id, lines, get, settled };
}

/** Down the first branch from an event to one that has sent nothing more. */
async function lastOf(api: Tidings, id: string): Promise<Awaited<ReturnType<Tidings["events"]["get"]>>> {
  let event = await api.events.get(id);
  for (;;) {
    const sent = event.decisions
      .find(({ reason }) => reason === "event_sent")
      ?.detail?.split(" ")
      .at(-1);
    if (sent === undefined) return event;
    event = await api.events.get(sent);
  }
}

const runawayLines = (lines: readonly string[]) => lines.filter((line) => line.includes("without end"));

test("a workflow that sends two more of its own event is stopped by the depth of its chain, and named", async () => {
  const { api, id, lines, get, settled } = await begin({});
  const event = await settled();
  expect(event.derived).toEqual({ events: 2046, messages: 2046 });
  const last = await lastOf(api, id);
  expect(last).toMatchObject({ root: id, depth: 10 });
  expect(last.decisions).toMatchObject(
    ["one", "two"].map((step) => ({
      workflow: "changed",
      step,
      recipient: "anna",
      outcome: "not_sent",
      reason: "event_depth",
      detail: `order.changed, root ${id}, depth 10`,
      text: expect.stringContaining("too many events in a row"),
    })),
  );
  expect(runawayLines(lines)).toHaveLength(1);
  expect(runawayLines(lines).join()).toContain(id);
  expect(await get("/metrics")).toMatch(/tidings_runaway_turns_total\{reason="event_depth"\} 1024/);
}, 120_000);

test("with the depth raised it is stopped by what may come of one event, before 10,000 messages, and named", async () => {
  const { api, id, lines, settled } = await begin({ TIDINGS_DERIVED_DEPTH_MAX: "1000" });
  const { derived = { events: 0, messages: 0 } } = await settled();
  expect(derived.events + derived.messages).toBe(5000);
  expect(derived.messages).toBeLessThan(10_000);
  const last = await lastOf(api, id);
  expect(last.decisions).toMatchObject([
    {
      recipient: "anna",
      outcome: "not_sent",
      reason: "derived_limit",
      detail: expect.stringMatching(`^root ${id}, depth \\d+, at most 5000: 2 events and [01] messages too many$`),
    },
  ]);
  expect(runawayLines(lines)).toHaveLength(1);
  // Another event has as much again.
  const { id: next } = await api.events.send("order.changed", { recipients: ["anna"], data: { order: 8 } });
  await vi.waitUntil(async () => ((await api.events.get(next)).derived?.events ?? 0) > 100, { timeout, interval: 100 });
}, 120_000);
