import { lanes } from "@tidings/contract/words";
import { afterEach, describe, expect, test } from "vitest";
import { type Corner, openCorner, times } from "../conformance/corner.conformance.ts";
import { channelCode } from "../sql/codes.ts";
import { calls } from "./calls.ts";
import { Database } from "./database.ts";
import { inProcessStore } from "./in-process.ts";
import { migrate } from "./migrate.ts";
import { WebhookOutbox } from "./webhook-outbox.ts";

let database: Database | undefined;
afterEach(() => {
  database?.close();
  database = undefined;
});

async function bench(): Promise<{ corner: Corner; sql: Database }> {
  const sql = new Database(":memory:", { cacheMib: 2, checkpointPages: 1000 });
  database = sql;
  migrate(sql, 0);
  const store = inProcessStore(sql, {
    limits: { turnMs: 10, turnCallsMax: 100 },
    monotonic: () => 0,
    schedule: setImmediate,
  });
  return { corner: await openCorner(store), sql };
}

describe("a suppression", () => {
  const covers: Record<string, (message: { lane: string; category: string; integration: string }) => boolean> = {
    "everything ": () => true,
    "sender smtp": ({ integration }) => integration === "smtp",
    "class marketing": ({ lane }) => lane === "marketing",
    "class transactional": ({ lane }) => lane === "transactional",
    "class critical": () => false,
    "category orders": ({ lane, category }) => lane !== "critical" && category === "orders",
    "category smtp": () => false,
    "sender orders": () => false,
  };

  test.each(Object.entries(covers))("of %s stops what its scope covers, and nothing else", async (name, stops) => {
    const { corner, sql } = await bench();
    const [scope = "", value = ""] = name.split(" ");
    const suppress = (environmentId: number, channel: "email" | "sms", hash: string) =>
      sql.run(
        "insert into suppression values (?, ?, ?, ?, ?, 'test', 0)",
        environmentId,
        channelCode[channel],
        hash,
        scope,
        value,
      );
    suppress(corner.environmentId, "email", "h");
    suppress(corner.otherEnvironmentId, "email", "g");
    suppress(corner.environmentId, "sms", "g");
    for (const lane of lanes) {
      for (const category of ["orders", "news"]) {
        for (const integration of ["smtp", "other"]) {
          const message = await corner.queued({ lane, category, addressHash: "h" });
          const expected = stops({ lane, category, integration });
          expect([lane, category, integration, await corner.start(message, { integration })]).toEqual([
            lane,
            category,
            integration,
            expected ? "suppressed" : "started",
          ]);
          expect((await corner.row(message)).state).toBe(expected ? "suppressed" : "sending");
          expect(await corner.start(await corner.queued({ lane, category, addressHash: "g" }), { integration })).toBe(
            "started",
          );
        }
      }
    }
  });

  test("that was committed before an attempt in the same turn holds it back", async () => {
    const { corner } = await bench();
    const [refused, next] = await corner.queuedAll([{}, {}]);
    if (refused === undefined || next === undefined) throw new RangeError("two messages");
    await corner.start(refused);
    const [, started] = await Promise.all([
      corner.record(refused, {
        outcome: "rejected",
        after: { state: "failed", reason: "550" },
        suppress: "refused: 550",
      }),
      corner.start(next),
    ]);
    expect(started).toBe("suppressed");
  });
});

describe("statistics", () => {
  const sums = (sql: Database) =>
    Object.fromEntries(
      sql.all("select metric, sum(value) as sum from statistic group by metric").map((row) => [row.metric, row.sum]),
    );

  test("are the sums of what was done, by minute and key", async () => {
    const { corner, sql } = await bench();
    const event = await corner.accepted({ tenant: "t" });
    const messages = times(6, () => corner.message({ eventId: event.id, tenant: "t" }));
    await corner.store.commitEvents({
      turns: [
        corner.turn(event, {
          messages: [...messages, corner.message({ eventId: event.id, state: "failed", dueAt: null })],
        }),
      ],
    });
    const [sent, retried, dead, late, expired] = messages;
    if (
      sent === undefined ||
      retried === undefined ||
      dead === undefined ||
      late === undefined ||
      expired === undefined
    )
      throw new RangeError("six messages");
    for (const message of [sent, retried, dead, late]) await corner.start(message);
    await corner.record(sent);
    await corner.record(sent);
    await corner.record(retried, { outcome: "rejected", after: { state: "queued", dueAt: corner.at } });
    await corner.record(dead, { outcome: "rejected", after: { state: "dead", reason: "r", detail: "" } });
    await corner.store.recordFeedback({ reports: times(3, () => corner.report(late)), now: corner.at });
    await corner.store.settleMessages({
      settlements: [
        {
          environmentId: corner.environmentId,
          messageId: expired.id,
          attempts: 0,
          at: corner.at + 60_000,
          after: { state: "expired", reason: "e" },
        },
      ],
    });
    expect(sums(sql)).toEqual({
      accepted: 1,
      queued: 6,
      failed: 1,
      // The one that was reported before its outcome was sent too.
      sent: 2,
      retried: 1,
      dead: 1,
      delivered: 1,
      expired: 1,
    });
    expect(sql.get("select * from statistic where metric = 'sent' and bucket = 0")).toEqual({
      environment_id: corner.environmentId,
      minute: Math.floor((corner.at + 50) / 60_000),
      metric: "sent",
      channel: "email",
      lane: "transactional",
      category: "orders",
      tenant: "t",
      integration: "smtp",
      workflow: "shipped",
      mailbox: "",
      bucket: 0,
      value: 1,
      cost: 0,
    });
  });

  test("count the messages that a cancellation stopped", async () => {
    const { corner, sql } = await bench();
    const event = await corner.accepted({ cancellationHash: "c" });
    const messages = times(3, () => corner.message({ eventId: event.id }));
    await corner.store.commitEvents({ turns: [corner.turn(event, { messages })] });
    await corner.store.cancelEvents({ environmentId: corner.environmentId, cancellationHash: "c", now: corner.at });
    expect(sums(sql)).toMatchObject({ queued: 3, canceled: 3 });
  });

  test("count a message that is made again once", async () => {
    const { corner, sql } = await bench();
    const event = await corner.accepted();
    const message = corner.message({ eventId: event.id });
    const turn = corner.turn(event, { messages: [message], progress: { kind: "continue", cursor: 1 } });
    await corner.store.commitEvents({ turns: [turn, { ...turn, cursor: 1 }, turn] });
    expect(sums(sql)).toMatchObject({ queued: 1 });
  });
});

test("looking for due work reads the due index alone, however many timers there are", async () => {
  const { corner, sql } = await bench();
  const seen: string[] = [];
  const all = sql.all.bind(sql);
  const spied = Object.assign(Object.create(sql), {
    all: (text: string, ...values: (string | number | null)[]) => {
      seen.push(...all(`explain query plan ${text}`, ...values).map((row) => String(row.detail)));
      return all(text, ...values);
    },
  });
  await corner.queued();
  const context = { database: spied, count: () => {}, webhooks: new WebhookOutbox(sql) };
  const query = { lane: "transactional" as const, now: corner.at, limit: 10 };
  expect(calls.dueMessages(context, { ...query, channel: "email", node: "n" })).toHaveLength(1);
  calls.dueEvents(context, query);
  calls.dueRuns(context, query);
  calls.dueEffects(context, { ...query, perKeyMax: 10 });
  await corner.webhook();
  calls.dueWebhookDeliveries(context, { now: corner.at, limit: 10, perEndpointMax: 10 });
  const tables = seen.filter((detail) => /message|event|run|continuation|effect|webhook/.test(detail));
  expect(tables.length).toBeGreaterThan(0);
  expect(tables.filter((detail) => !/^SEARCH .* USING (COVERING )?INDEX \w+_due \(/.test(detail))).toEqual([]);
});
