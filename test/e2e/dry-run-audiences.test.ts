import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Tidings } from "../../packages/client/src/tidings.ts";
import { stopChild } from "../harness/child.ts";
import { tidings } from "../harness/cli.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../harness/server-process.ts";

/* Dry runs of events to topics and segments. */

const cwd = mkdtempSync(join(tmpdir(), "tidings audiences "));
const from = new Date(Date.now() - 60_000).toISOString();
const people = 130;
/** Of ten in a page, so that a topic is many. */
const limits = {
  TIDINGS_ORCHESTRATE_TURN_RECIPIENTS_MAX: "10",
  TIDINGS_DRY_RUN_RECIPIENTS_MAX: "120",
  TIDINGS_DRY_RUN_HISTORY_RECIPIENTS_MAX: "25",
  TIDINGS_REPLAY_PREVIEW_RECIPIENTS_MAX: "150",
};
let server: ServerProcess;
let api: Tidings;
const run = (...args: string[]) => tidings(args, { cwd, env: { TIDINGS_URL: server.url, TIDINGS_API_KEY: apiKey } });
const idOf = (index: number) => `u${String(index).padStart(3, "0")}`;
/** All have a mail address, every other a phone, every tenth is a pro. */
const personAt = (index: number) => ({
  email: `${idOf(index)}@example.org`,
  ...(index % 2 === 0 ? { phone: `+43664000${1000 + index}` } : {}),
  attributes: { plan: index % 10 === 0 ? "pro" : "free" },
});
const ids = Array.from({ length: people }, (_, index) => idOf(index));
const mail = { id: "mail", type: "channel" as const, channel: "email" as const, template: "release" };
const text = { id: "text", type: "channel" as const, channel: "sms" as const, template: "release" };
const proposed = { event: "released", category: "news", steps: [text] };
const events: string[] = [];
const noted: string[] = [];

beforeAll(async () => {
  server = await startServerProcess(join(cwd, "data"), limits);
  api = new Tidings({ apiKey, baseUrl: server.url });
  await api.categories.put("news", { class: "transactional" });
  await api.integrations.put("mailbox", { channel: "email", provider: "sandbox" });
  await api.integrations.put("phone", { channel: "sms", provider: "sandbox" });
  await api.templates.put("release", { email: { subject: "s", text: "t" }, sms: { text: "t" } });
  await api.workflows.put("release", { event: "released", category: "news", steps: [mail] });
  await Promise.all(ids.map((id, index) => api.recipients.put(id, personAt(index))));
  await api.topics.put("all", {});
  await api.topics.subscribe("all", [...ids.slice(0, 100), "stranger"]);
  await api.topics.put("more", {});
  await api.topics.subscribe("more", ids);
  await api.segments.put("pros", { where: { field: "recipient.attributes.plan", op: "eq", value: "pro" } });
  for (const recipients of [[idOf(1), { topic: "all" }, { segment: "pros" }], [{ segment: "pros" }], [idOf(2)]])
    events.push((await api.events.send("released", { recipients })).id);
  await api.workflows.put("note", { event: "noted", category: "news", steps: [mail] });
  for (const topic of ["all", "more"]) noted.push((await api.events.send("noted", { recipients: [{ topic }] })).id);
  await vi.waitFor(async () => {
    for (const id of [...events, ...noted])
      if ((await api.events.get(id)).state !== "done") throw new Error(`${id} is open`);
  }, 20_000);
}, 180_000);
afterAll(async () => {
  await stopChild(server);
  rmSync(cwd, { recursive: true, force: true });
});

test("a history is what really went to the members, in calls that end within an event and say who is left", async () => {
  const body = { days: 7, workflow: proposed };
  const first = await api.workflows.dryRunHistory("release", body);
  expect(first).toMatchObject({
    isComplete: false,
    events: { selected: 1, weighed: 1, partial: 1 },
    inside: { event: events[0], weighed: 31, leftOut: { recipients: 71, segments: ["pros"] } },
    recipients: { weighed: 30, published: 29 },
    basis: expect.stringContaining("members of topics and segments"),
  });
  const parts = [first];
  for (let { nextCursor: cursor } = first; cursor !== undefined && parts.length < 20; ) {
    const part = await api.workflows.dryRunHistory("release", { ...body, cursor });
    parts.push(part);
    cursor = part.nextCursor;
  }
  expect(parts.map(({ events: { weighed } }) => weighed).reduce((a, b) => a + b)).toBe(3);
  expect(parts.at(-1)).toMatchObject({ isComplete: true, events: { partial: 0 } });
  writeFileSync(join(cwd, "release.json"), JSON.stringify(proposed));
  const args = ["dry-run", "release", "--days", "7", "--file", "release.json", "--price", "email=0.01"];
  const { stdout } = await run(...args, "--json");
  const really = (await Promise.all(events.map((id) => api.events.get(id)))).flatMap(({ runs }) => runs);
  // A hundred and three of the first, thirteen of the second, one.
  expect(really).toHaveLength(117);
  expect(JSON.parse(stdout)).toMatchObject({
    isComplete: true,
    events: { selected: 3, weighed: 3, partial: 0 },
    messages: { published: 117, proposed: 67, difference: -50 },
    channels: [
      { channel: "email", published: 117, proposed: 0, cost: { published: 1.17, proposed: 0 } },
      { channel: "sms", published: 0, proposed: 67 },
    ],
    recipients: { weighed: 118, published: 103, proposed: 53, gained: 0, lost: 50 },
    notSent: expect.arrayContaining([
      expect.objectContaining({ reason: "no_address", published: 0, proposed: 50 }),
      expect.objectContaining({ reason: "recipient_unknown", published: 1, proposed: 1 }),
    ]),
  });
  expect(JSON.parse(stdout)).not.toHaveProperty("inside");
}, 60_000);

test("members are those of now: who left a topic or a segment since is not among them", async () => {
  const weigh = async () => {
    const { stdout } = await run("dry-run", "release", "--days", "7", "--json");
    return JSON.parse(stdout).messages.published;
  };
  const before = await weigh();
  await api.topics.unsubscribe("all", [idOf(3)]);
  await api.recipients.put(idOf(110), { ...personAt(110), attributes: { plan: "free" } });
  // One was in the topic; the other in the segment, of two events.
  expect(await weigh()).toBe(before - 3);
  await api.topics.subscribe("all", [idOf(3)]);
  await api.recipients.put(idOf(110), personAt(110));
}, 60_000);

test("a dry run lists the first hundred members, counts all up to its limit, and says who is left", async () => {
  const whole = await api.workflows.dryRun("release", {
    recipients: [{ topic: "all" }, { segment: "pros" }],
    data: {},
  });
  expect(whole).toMatchObject({ truncated: false, recipients: { weighed: 104, shown: 100 } });
  expect(whole.outcomes).toHaveLength(100);
  expect(whole.totals).toEqual([
    expect.objectContaining({
      outcome: "send",
      reason: "workflow_step",
      rule: "built_in_default",
      channel: "email",
      count: 103,
    }),
    expect.objectContaining({ outcome: "not_started", reason: "recipient_unknown", count: 1 }),
  ]);
  const recipients = [{ topic: "more" }, { topic: "gone" }, { segment: "pros" }];
  const cut = await api.workflows.dryRun("release", { recipients, data: {} });
  expect(cut).toMatchObject({
    truncated: true,
    recipients: { weighed: 120, shown: 100 },
    leftOut: { recipients: 10, segments: ["pros"] },
  });
  const past = await api.workflows.dryRun("release", { event: events[0] ?? "" });
  expect(past).toMatchObject({ truncated: false, recipients: { weighed: 104 } });
  const none = await api.workflows.dryRun("release", { recipients: [{ topic: "gone" }], data: {} });
  expect(none.outcomes).toMatchObject([{ decisions: [{ outcome: "not_started", reason: "topic_unknown" }] }]);
  const shown = await run("dry-run", "release", "--recipient", '{"topic":"all"}');
  expect(shown.stdout).toMatch(/100 +email +Sent/);
  expect(shown.stderr).toContain("of 101 recipients, the first 100 are listed above");
}, 60_000);

test("a preview of a replay goes to members too, up to its limit, and says whom it left", async () => {
  const preview = await api.replays.preview({ events: events.slice(0, 1) });
  expect(preview.weighed).toMatchObject({ recipients: 104, messages: 103, partial: 0, isComplete: true });
  expect(preview.weighed.leftOut).toBeUndefined();
  // Of the second as many pages as bring it over the limit.
  const all = await api.replays.preview({ names: ["noted"], from });
  expect(all.weighed).toMatchObject({ partial: 1, isComplete: false, leftOut: { recipients: 80, segments: [] } });
  const { stdout } = await run("replays", "preview", "--name", "noted", "--from", from);
  expect(stdout).toContain("80 further recipients of 1 events were not looked at");
}, 60_000);
