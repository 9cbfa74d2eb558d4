import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { tidings } from "../harness/cli.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const cwd = mkdtempSync(join(tmpdir(), "tidings dry run "));
let server: ServerProcess;
let api: Api;
const run = (...args: string[]) => tidings(args, { cwd, env: { TIDINGS_URL: server.url, TIDINGS_API_KEY: apiKey } });

/** Numbers from a seed (mulberry32), so that a world that fails can be made again. */
const seed = Number(process.env["TIDINGS_TEST_SEED"] ?? Date.now()) >>> 0;
console.info(`TIDINGS_TEST_SEED=${seed}`);
let state = seed;
function random(): number {
  state = (state + 0x6d2b79f5) >>> 0;
  let value = Math.imul(state ^ (state >>> 15), 1 | state);
  value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
  return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
}
const oneOf = <Item>(items: readonly Item[]): Item => {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError("nothing to choose from");
  return item;
};

const decisionSchema = z.object({
  outcome: z.string(),
  reason: z.string(),
  rule: z.string().optional(),
  versions: z.unknown().optional(),
  detail: z.string().optional(),
});
const madeSchema = z.object({
  recipient: z.string().default(""),
  step: z.string().default(""),
  channel: z.string().default(""),
});
const dryRunSchema = z.object({
  at: z.string(),
  outcomes: z.array(
    madeSchema.extend({
      sends: z.boolean(),
      dueAt: z.string().optional(),
      at: z.string(),
      decisions: z.array(decisionSchema),
      preview: z.unknown().optional(),
    }),
  ),
  assumed: z.array(z.object({ step: z.string(), text: z.string() })),
  notWeighed: z.array(z.object({ what: z.string() })),
});
const messageSchema = madeSchema.extend({ state: z.string(), decisions: z.array(decisionSchema) });
const eventSchema = z.object({
  state: z.string(),
  runs: z.array(z.object({ messages: z.array(messageSchema) })),
  decisions: z.array(madeSchema.extend(decisionSchema.shape)),
});

/** A decision in one line; moments differ by as much as the event came later. */
const lineOf = (
  made: z.infer<typeof madeSchema>,
  { outcome, reason, rule, versions, detail }: z.infer<typeof decisionSchema>,
) =>
  [
    made.recipient,
    made.step,
    made.channel,
    outcome,
    reason,
    rule ?? "",
    JSON.stringify(versions ?? {}),
    // Which digest it is, is another each time.
    outcome === "digest" ? "" : (detail ?? "").replace(/ until .*/, " until"),
  ].join("|");

async function dryRun(key: string, body: unknown) {
  const { status, json } = await api.call("POST", `/v1/workflows/${key}/dry-run`, body);
  expect(json).not.toHaveProperty("errors");
  expect(status).toBe(200);
  return dryRunSchema.parse(json);
}

/** Without what digests come to when they close, hours behind the event. */
const dryLines = ({ at, outcomes }: z.infer<typeof dryRunSchema>): string[] =>
  outcomes
    .filter((made) => made.at === at)
    .flatMap((made) => made.decisions.map((decision) => lineOf(made, decision)))
    .sort();

/** What is suppressed is told by the message's state. */
function realLines({ runs, decisions }: z.infer<typeof eventSchema>): string[] {
  const messages = runs.flatMap((one) => one.messages);
  const held = { outcome: "not_sent", reason: "suppressed", rule: "suppression" };
  return [
    ...messages.flatMap((made) => made.decisions.map((decision) => lineOf(made, decision))),
    ...messages.flatMap((made) => (made.state === "suppressed" ? [lineOf(made, held)] : [])),
    ...decisions.map((made) => lineOf(made, made)),
  ].sort();
}

async function eventOf(id: string) {
  return eventSchema.parse((await api.call("GET", `/v1/events/${id}`)).json);
}

async function sent(name: string, recipients: readonly unknown[], data: object): Promise<string> {
  const { status, json } = await api.call("POST", "/v1/events", { name, recipients, data });
  expect(status).toBe(202);
  return z.object({ id: z.string() }).parse(json).id;
}

beforeAll(async () => {
  server = await startServerProcess(join(cwd, "data"));
  api = new Api(server.url);
  await api.put("/v1/segments/pros", { where: { field: "recipient.attributes.plan", op: "eq", value: "pro" } });
  await api.put("/v1/topics/some", {});
  await api.put("/v1/categories/news", { class: "marketing", preferences: { sms: "off" } });
  await api.put("/v1/integrations/mailbox", { channel: "email", provider: "sandbox" });
  await api.put("/v1/integrations/phone", { channel: "sms", provider: "sandbox" });
  await api.put("/v1/templates/order", {
    email: { subject: "Order {{data.order}}", text: "Sent" },
    sms: { text: "Sent" },
    push: { text: "Sent" },
  });
  await api.put("/v1/categories/orders", {
    class: "transactional",
    caps: [{ limit: 3, windowSeconds: 3600, over: "drop" }],
    digest: { template: "order" },
  });
  const steps = [
    { id: "mail", type: "channel", channel: "email", template: "order" },
    {
      id: "if",
      type: "condition",
      if: { field: "recipient.attributes.plan", op: "eq", value: "pro" },
      // biome-ignore lint/suspicious/noThenProperty: the word of workflow definitions
      then: [{ id: "text", type: "channel", channel: "sms", template: "order" }],
    },
    { id: "gone", type: "channel", channel: "push", template: "order" },
  ];
  for (const [key, category] of [
    ["shipped", "orders"],
    ["letter", "news"],
  ])
    await api.put(`/v1/workflows/${key}`, { category, dedupe: { key: "data.order", windowSeconds: 600 }, steps });
}, 60_000);
afterAll(async () => {
  await api.close();
  await stopChild(server);
  rmSync(cwd, { recursive: true, force: true });
});

async function person(index: number): Promise<string> {
  const id = `u${index}`;
  const email = `${id}@example.com`;
  if (random() < 0.1) return id;
  await api.put(`/v1/recipients/${id}`, {
    ...(random() < 0.9 ? { email } : {}),
    ...(random() < 0.7 ? { phone: `+4366400000${100 + index}` } : {}),
    country: oneOf(["AT", "US", "DE"]),
    timeZone: oneOf(["Europe/Vienna", "Asia/Tokyo", "America/New_York"]),
    attributes: { plan: oneOf(["pro", "free"]) },
  });
  const setting = () => oneOf(["on", "off", "daily"]);
  await api.put(`/v1/recipients/${id}/preferences`, {
    ...(random() < 0.3 ? { all: { all: setting() } } : {}),
    ...(random() < 0.5 ? { categories: { orders: { email: setting() }, news: { all: setting() } } } : {}),
    ...(random() < 0.3 ? { workflows: { shipped: { sms: setting() } } } : {}),
  });
  if (random() < 0.4) {
    const consent = {
      purpose: oneOf(["marketing", "news", "everything"]),
      action: oneOf(["granted", "withdrawn"]),
      source: "test",
    };
    await api.call("POST", `/v1/recipients/${id}/consents`, consent);
  }
  if (random() < 0.2) {
    const scope = oneOf([{}, { scope: "class", value: "marketing" }, { scope: "category", value: "orders" }]);
    await api.call("POST", "/v1/suppressions", { suppressions: [{ channel: "email", address: email, ...scope }] });
  }
  return id;
}

/** One whose mail of orders is gathered in every world. */
async function gatherer(): Promise<string> {
  await api.put("/v1/recipients/daily", { email: "daily@example.com" });
  await api.put("/v1/recipients/daily/preferences", { categories: { orders: { email: "daily" } } });
  return "daily";
}

test("what a dry run decides is what the event that follows is decided by, in whatever world", async () => {
  const people: string[] = [];
  const daily = await gatherer();
  for (let index = 0; index < 25; index += 1) people.push(await person(index));
  const subscribers = [...people.filter(() => random() < 0.4), "ghost"];
  await api.call("POST", "/v1/topics/some/subscriptions", { recipients: subscribers });
  let gathered = 0;
  for (let round = 0; round < 10; round += 1) {
    const key = round === 0 ? "shipped" : oneOf(["shipped", "letter"]);
    // Some rounds repeat an order, which a dedupe key refuses; caps fill up from round to round.
    const data = { order: `A-${Math.floor(random() * 5)}` };
    const named = people.filter(() => random() < 0.5);
    // Some are named and in the topic, or in the segment; there is no topic of the last kind.
    const recipients = [
      daily,
      ...named,
      ...oneOf([[], [{ topic: "some" }], [{ topic: "some" }, { segment: "pros" }], [{ topic: "none" }]]),
    ];
    const tried = await dryRun(key, { recipients, data });
    expect(dryLines(await dryRun(key, { recipients, data }))).toEqual(dryLines(tried));
    const id = await sent(key, recipients, data);
    await expect
      .poll(
        async () => {
          const event = await eventOf(id);
          const isOpen = event.runs.some(({ messages }) =>
            messages.some((message) => message.state === "queued" || message.state === "sending"),
          );
          return event.state === "done" && !isOpen;
        },
        { timeout: 20_000 },
      )
      .toBe(true);
    gathered += tried.outcomes.filter((made) => made.decisions.some(({ outcome }) => outcome === "digest")).length;
    expect(realLines(await eventOf(id)), `seed ${seed}, round ${round}`).toEqual(dryLines(tried));
  }
  expect(gathered, `seed ${seed}: nothing was gathered`).toBeGreaterThan(0);
}, 180_000);

test("quiet hours put a message off in a dry run until the moment at which it would go out", async () => {
  await api.put("/v1/recipients/night", { email: "night@example.com", timeZone: "Europe/Vienna" });
  const category = { class: "transactional", quietHours: { from: "21:00", to: "07:00" } };
  const tried = await dryRun("shipped", {
    recipients: ["night"],
    data: { order: "Q" },
    category,
    at: "2026-11-28T22:30:00Z",
  });
  const mail = tried.outcomes.find(({ channel }) => channel === "email");
  expect(mail).toMatchObject({
    sends: true,
    decisions: [{ outcome: "send" }, { outcome: "deferred", reason: "quiet_hours" }],
  });
  expect(Date.parse(mail?.dueAt ?? "")).toBeGreaterThanOrEqual(Date.parse("2026-11-29T06:00:00Z"));
});

test("a workflow that is not published is followed over its delays, fetches and branches, and nothing of it is there afterwards", async () => {
  await api.put("/v1/recipients/anna", { email: "anna@example.com", phone: "+43664000001" });
  const workflow = {
    category: "orders",
    steps: [
      { id: "mail", type: "channel", channel: "email", template: "order" },
      { id: "ask", type: "fetch", request: { method: "GET", url: "http://127.0.0.1:1/never" } },
      { id: "wait", type: "delay", seconds: 86_400 },
      {
        id: "seen",
        type: "condition",
        if: { field: "steps.mail.seen", op: "eq", value: false },
        // biome-ignore lint/suspicious/noThenProperty: the word of workflow definitions
        then: [{ id: "text", type: "channel", channel: "sms", template: "order" }],
      },
      { id: "gather", type: "digest", window: { kind: "fixed", seconds: 3600 } },
      { id: "again", type: "channel", channel: "email", template: "order" },
    ],
  };
  const body = { recipients: ["anna"], data: { order: "1" }, at: "2026-11-28T10:00:00Z", workflow, preview: true };
  const unseen = await dryRun("brand-new", body);
  expect(unseen.outcomes.filter(({ sends }) => sends)).toMatchObject([
    { step: "mail", dueAt: "2026-11-28T10:00:00.000Z", preview: { content: { subject: "Order 1" } } },
    { step: "text", dueAt: "2026-11-29T10:00:00.000Z" },
    { step: "again", dueAt: "2026-11-29T11:00:00.000Z" },
  ]);
  expect(unseen.assumed.map(({ step }) => step)).toEqual(["ask", "mail", "gather"]);
  const seen = await dryRun("brand-new", {
    ...body,
    assume: { messages: { mail: { seen: true } }, fetches: { ask: { ok: 1 } } },
  });
  expect(seen.outcomes.filter(({ sends }) => sends).map(({ step }) => step)).toEqual(["mail", "again"]);
  expect((await api.call("GET", "/v1/workflows/brand-new")).status).toBe(404);
  expect((await api.call("GET", "/v1/recipients/anna/decisions")).json).toMatchObject({ items: [] });
  expect((await api.call("GET", "/v1/messages?recipient=anna")).json).toMatchObject({ items: [] });
});

test("what a recipient asked to have gathered is followed to the digest of its category, at their time", async () => {
  await api.put("/v1/recipients/dora", { email: "dora@example.com", timeZone: "Europe/Vienna" });
  await api.put("/v1/recipients/dora/preferences", { categories: { orders: { email: "daily" } } });
  const body = { recipients: ["dora"], data: { order: "D" }, at: "2026-11-28T22:30:00Z" };
  const tried = await dryRun("shipped", { ...body, preview: true });
  const mails = tried.outcomes.filter(({ channel }) => channel === "email");
  expect(mails).toMatchObject([
    { sends: false, step: "mail", at: "2026-11-28T22:30:00.000Z", decisions: [{ outcome: "digest", reason: "daily" }] },
    {
      sends: true,
      step: "",
      dueAt: "2026-11-29T08:00:00.000Z",
      decisions: [{ outcome: "send", reason: "category_digest" }],
    },
  ]);
  expect(mails[1]?.preview).toMatchObject({ content: { subject: "Order " } });
  expect(tried.assumed.map(({ step }) => step)).toEqual(["digest"]);
  expect(tried.notWeighed.map(({ what }) => what)).toEqual(["digest_window"]);
  // The category has no digest any more: it counts as on.
  const plain = await dryRun("shipped", { ...body, category: { class: "transactional" } });
  expect(plain.outcomes.find(({ channel }) => channel === "email")).toMatchObject({ sends: true, step: "mail" });
  expect(plain.notWeighed).toEqual([]);
});

test("a past event is tried against a file, on the command line", async () => {
  await api.put("/v1/recipients/carl", { email: "carl@example.com" });
  const id = await sent("shipped", ["carl"], { order: "C-1" });
  await expect.poll(async () => (await eventOf(id)).state).toBe("done");
  writeFileSync(
    join(cwd, "shipped.yaml"),
    "category: orders\nsteps:\n  - { id: text, type: channel, channel: sms, template: order }\n",
  );
  const { stdout, code } = await run("dry-run", "shipped", "--event", id, "--file", "shipped.yaml");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^shipped not published, event at /);
  expect(stdout).toMatch(/carl +text +sms +no +Not sent by sms: the recipient has no address there\n/);
});

test("what cannot be tried is refused with its place", async () => {
  const bad = async (body: unknown, key = "shipped") =>
    (await api.call("POST", `/v1/workflows/${key}/dry-run`, body)).json;
  expect(await bad({})).toMatchObject({ errors: [{ path: "recipients" }] });
  expect(await bad({ recipients: ["a"] }, "none")).toMatchObject({ code: "not_found" });
  expect(await bad({ event: "019c8a3e-5f00-8a11-9c2d-3b4e5f607182" })).toMatchObject({ errors: [{ path: "event" }] });
  const workflow = { category: "gone", steps: [{ id: "s", type: "channel", channel: "email", template: "order" }] };
  expect(await bad({ recipients: ["a"], workflow })).toMatchObject({ errors: [{ path: "workflow.category" }] });
});
