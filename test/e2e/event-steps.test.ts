import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Tidings } from "../../packages/client/src/tidings.ts";
import { stopChild } from "../harness/child.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const folder = mkdtempSync(join(tmpdir(), "tidings event steps "));
const from = new Date(Date.now() - 60_000).toISOString();
let server: ServerProcess;
let api: Tidings;

const mail = { id: "mail", type: "channel" as const, channel: "email" as const, template: "order" };
const escalate = {
  id: "escalate",
  type: "event" as const,
  event: "order.escalated",
  data: { about: { $: "recipient.id" }, number: { $: "data.order.number" } },
  recipients: ["boss", { topic: "support" }],
};
const late = {
  event: "order.late",
  category: "orders",
  steps: [{ id: "pause", type: "delay" as const, seconds: 1 }, escalate],
};

beforeAll(async () => {
  server = await startServerProcess(join(folder, "data"));
  api = new Tidings({ apiKey, baseUrl: server.url });
  await api.categories.put("orders", { class: "transactional" });
  await api.categories.put("alarms", { class: "critical" });
  await api.integrations.put("mailbox", { channel: "email", provider: "sandbox" });
  await api.templates.put("order", { email: { subject: "{{data.number}} of {{data.about}}", text: "t" } });
  await api.workflows.put("late", late);
  await api.workflows.put("escalated", { event: "order.escalated", category: "alarms", steps: [mail] });
  for (const id of ["boss", "ines", "anna"]) await api.recipients.put(id, { email: `${id}@example.org` });
  await api.topics.put("support", { name: "Support" });
  await api.topics.subscribe("support", ["ines", "boss"]);
}, 60_000);
afterAll(async () => {
  await stopChild(server);
  rmSync(folder, { recursive: true, force: true });
});

/** The events that the steps of an event's runs have sent. */
async function sentBy(id: string): Promise<string[]> {
  const { decisions } = await api.events.get(id);
  return decisions
    .filter(({ reason }) => reason === "event_sent")
    .map(({ detail = "" }) => detail.split(" ").at(-1) ?? "");
}

const escalationOf = (id: string) =>
  vi.waitUntil(
    async () => {
      const [sent] = await sentBy(id);
      const event = sent === undefined ? undefined : await api.events.get(sent);
      return event?.runs.flatMap(({ messages }) => messages).filter(({ state }) => state === "sent").length === 2
        ? event
        : undefined;
    },
    { timeout: 20_000, interval: 50 },
  );

test("a step sends an event to others, over a kill, and both events show how they belong together", async () => {
  const { id } = await api.events.send("order.late", { recipients: ["anna"], data: { order: { number: "A7" } } });
  await vi.waitUntil(async () => (await api.events.get(id)).runs[0]?.state === "waiting", { timeout: 10_000 });
  await stopChild(server, "SIGKILL");
  server = await startServerProcess(join(folder, "data"));
  api = new Tidings({ apiKey, baseUrl: server.url });
  const event = await escalationOf(id);
  expect(event).toMatchObject({
    name: "order.escalated",
    lane: "critical",
    root: id,
    depth: 1,
    data: { order: { number: "A7" }, about: "anna", number: "A7" },
    recipients: ["boss"],
    topics: ["support"],
  });
  expect(event?.runs.map(({ recipient }) => recipient).sort()).toEqual(["boss", "ines"]);
  const first = await api.events.get(id);
  expect(first).toMatchObject({ derived: { events: 1, messages: 2 } });
  expect([first.root, first.depth, event?.derived]).toEqual([undefined, undefined, undefined]);
  expect(first.decisions).toMatchObject([
    { step: "escalate", outcome: "event", text: `Sent the event order.escalated ${event?.id}` },
  ]);
});

test("a dry run says which event it would send, and follows it no further", async () => {
  const event = { recipients: ["anna"], data: { order: { number: "B1" } } };
  const { outcomes } = await api.workflows.dryRun("late", { ...event, workflow: late });
  expect(outcomes).toMatchObject([
    {
      step: "escalate",
      sends: false,
      text: "Sent the event order.escalated",
      decisions: [{ outcome: "event", reason: "event_sent", detail: "order.escalated" }],
    },
  ]);
});

test("a replay of the first event sends a new one, and passes over the one that was sent then", async () => {
  const { id } = await api.events.send("order.late", { recipients: ["anna"], data: { order: { number: "C3" } } });
  const before = await escalationOf(id);
  const selection = { names: ["order.late", "order.escalated"], from };
  const preview = await api.replays.preview(selection);
  expect(preview.skipped).toMatchObject([{ reason: "derived", text: expect.stringContaining("sends it again") }]);
  await api.replays.start({ events: [id] });
  const again = await vi.waitUntil(async () => (await api.events.get(id)).generations?.[0], { timeout: 10_000 });
  const after = await escalationOf(again.id);
  expect(after).toMatchObject({ root: again.id, depth: 1 });
  expect(after?.id).not.toBe(before?.id);
  expect(await sentBy(id)).toEqual([before?.id]);
});

test("what is wrong with the step is named by its field", async () => {
  const body = {
    category: "orders",
    steps: [{ ...escalate, event: "consent.updated", data: { a: { $: "nothing.b" } } }],
  };
  const put = (steps: unknown) =>
    fetch(`${server.url}/v1/workflows/faulty`, {
      method: "PUT",
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      body: JSON.stringify({ ...body, steps }),
    });
  const answer = await put(body.steps);
  expect([answer.status, await answer.json()]).toMatchObject([400, { errors: [{ path: "steps[0].data.a.$" }] }]);
  const reserved = await put([{ ...escalate, event: "consent.updated" }]);
  expect([reserved.status, await reserved.json()]).toMatchObject([400, { errors: [{ path: "steps[0].event" }] }]);
});
