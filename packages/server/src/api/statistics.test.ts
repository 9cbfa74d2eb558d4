import { problemSchema } from "@tidings/contract/errors";
import { limits } from "@tidings/contract/limits";
import { type Statistics, statisticsSchema } from "@tidings/contract/statistics";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Corner, times } from "../store/conformance/corner.conformance.ts";
import { type ApiBench, apiBench } from "./bench.conformance.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** The beginning of an hour, some hours ago. */
const at = Math.floor(Date.now() / hourMs) * hourMs - 3 * hourMs;

let bench: ApiBench;
let corner: Corner;
beforeAll(async () => {
  bench = await apiBench();
  const environments = await bench.store.listEnvironments({});
  const idOf = (key: string) => environments.find((each) => each.key === key)?.id ?? 0;
  corner = new Corner(bench.store, at, idOf("development"), idOf("production"));
  await history();
});
afterAll(() => bench.close());

/** Three mails by one integration, of which two arrive and one bounces; five texts by another an hour later, each 0.079. */
async function history(): Promise<void> {
  const mails = await corner.queuedAll(
    (["gmail", "gmail", "outlook"] as const).map((mailbox, index) => ({ mailbox, addressHash: `m${index}` })),
  );
  for (const mail of mails) {
    await corner.start(mail);
    await corner.record(mail, { mailbox: mail.mailbox, latencyMs: 80, finishedAt: at + 80 });
  }
  const kinds = ["delivered", "delivered", "bounced"] as const;
  const reports = mails.map((mail, index) => corner.report(mail, { kind: kinds[index] ?? "delivered" }));
  await corner.store.recordFeedback({ reports, now: at + 200 });
  const later = { createdAt: at + hourMs, dueAt: at + hourMs };
  const texts = await corner.queuedAll(
    times(5, (index) => ({ channel: "sms", tenant: "acme", addressHash: `t${index}`, ...later })),
  );
  for (const text of texts) {
    await corner.start(text, { integration: "twilio", at: at + hourMs });
    await corner.record(text, { integration: "twilio", cost: 79_000, finishedAt: at + hourMs + 10 });
  }
  await corner.queued({ environmentId: corner.otherEnvironmentId });
}

async function ask(query: Record<string, string> = {}): Promise<Statistics> {
  const { status, json } = await bench.call(`/v1/statistics?${new URLSearchParams(query)}`);
  expect(status).toBe(200);
  return statisticsSchema.parse(json);
}

async function refusal(query: Record<string, string>): Promise<(string | undefined)[]> {
  const { status, json } = await bench.call(`/v1/statistics?${new URLSearchParams(query)}`);
  const { code, errors = [] } = problemSchema.parse(json);
  expect([status, code]).toEqual([400, "validation_failed"]);
  return errors.map(({ path }) => path);
}

describe("statistics", () => {
  test("are those of the environment's last day where nothing else is asked for", async () => {
    const { from, to, interval, total, groups, truncated } = await ask();
    expect(Date.parse(to) - Date.now()).toBeLessThanOrEqual(minuteMs);
    expect(Date.parse(to) - Date.parse(from)).toBe(dayMs + minuteMs);
    expect([interval, groups, truncated]).toEqual([undefined, [], false]);
    expect(total.counts).toMatchObject({ queued: 8, sent: 8, delivered: 2, bounced: 1 });
    expect(total).toMatchObject({ deliveryRate: 0.25, bounceRate: 0.125, openRate: 0, spend: 0.395 });
    expect(total.sendLatency).toEqual({ p50Ms: 75, p95Ms: 98, p99Ms: 100 });
    expect(total.series).toBeUndefined();
  });

  test("are told by group, the busiest first, what is of none without a name", async () => {
    const { groups } = await ask({ groupBy: "channel,mailboxProvider" });
    expect(groups.map(({ by, counts: { sent, delivered } }) => [by, sent, delivered])).toEqual([
      [{ channel: "sms" }, 5, 0],
      [{ channel: "email", mailboxProvider: "gmail" }, 2, 2],
      [{ channel: "email", mailboxProvider: "outlook" }, 1, 0],
      // Events have no channel.
      [{}, 0, 0],
    ]);
    const byTenant = await ask({ groupBy: "tenant", channel: "sms" });
    expect(byTenant.groups.map(({ by, spend }) => [by, spend])).toEqual([[{ tenant: "acme" }, 0.395]]);
  });

  test("give as many groups as are asked for, and say that there are more", async () => {
    const one = await ask({ groupBy: "integration", limit: "1", interval: "hour" });
    expect([one.groups.length, one.truncated]).toEqual([1, true]);
    expect(one.total.counts.sent).toBe(8);
    const all = await ask({ groupBy: "integration", limit: "3" });
    expect([all.groups.length, all.truncated]).toEqual([3, false]);
  });

  test("are told by minute, hour or day of the time that was asked for, and not beyond it", async () => {
    const from = new Date(at).toISOString();
    const to = new Date(at + hourMs).toISOString();
    const hours = await ask({ from, interval: "hour", channel: "sms" });
    expect(hours.total.series?.map((point) => [point.at, point.counts.sent])).toEqual([[to, 5]]);
    const minutes = await ask({ from, to, interval: "minute" });
    expect(minutes.total.series?.map((point) => [point.at, point.counts.sent])).toEqual([[from, 3]]);
    expect([minutes.from, minutes.to, minutes.interval]).toEqual([from, to, "minute"]);
    const [group] = (await ask({ from, to, interval: "minute", groupBy: "integration", integration: "smtp" })).groups;
    expect(group?.series?.map((point) => point.counts.sent)).toEqual([3]);
  });

  test("are of what fits every filter", async () => {
    const sent = async (query: Record<string, string>) => (await ask(query)).total.counts.sent;
    expect(await sent({ tenant: "acme" })).toBe(5);
    expect(await sent({ mailboxProvider: "gmail" })).toBe(2);
    expect(await sent({ tenant: "acme", channel: "email" })).toBe(0);
    expect(await sent({ workflow: "shipped", lane: "transactional", category: "orders" })).toBe(8);
  });

  test("are widened to whole hours where they are kept by those", async () => {
    const from = new Date(at - 5 * dayMs + 17 * minuteMs).toISOString();
    const { from: widened } = await ask({ from });
    expect(Date.parse(widened)).toBe(at - 5 * dayMs);
  });
});

describe("statistics that cannot be had name the field", () => {
  const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

  test.each([
    ["from", { from: "yesterday" }],
    ["from", { from: ago(0), to: ago(hourMs) }],
    ["groupBy", { groupBy: "channel,channel" }],
    ["groupBy", { groupBy: "channel,lane,tenant" }],
    ["groupBy", { groupBy: "recipient" }],
    ["interval", { interval: "week" }],
    ["limit", { limit: String(limits.statisticGroups + 1) }],
    ["mailboxProvider", { mailboxProvider: "google" }],
    ["tenant", { tenant: "a b" }],
    // Finer than it is kept.
    ["interval", { interval: "minute", from: ago(3 * dayMs) }],
    ["interval", { interval: "hour", from: ago(40 * dayMs) }],
    // More points than one answer has.
    ["interval", { interval: "minute", from: ago(47 * hourMs) }],
    ["interval", { interval: "day", from: ago(5000 * dayMs) }],
  ] as const)("%s: %j", async (path, query) => {
    expect(await refusal(query)).toEqual([path]);
  });

  test("where more would be read than one answer is made of", async () => {
    const statistics = { minutesKeptHours: 48, hoursKeptDays: 35, partRowsMax: 1, partsMax: 3 };
    const small = await apiBench((all) => ({ statistics, store: bench.store, keyring: all.keyring }));
    try {
      const { status, json } = await small.call("/v1/statistics", { key: bench.key });
      expect([status, problemSchema.parse(json).errors?.map(({ path }) => path)]).toEqual([400, ["from"]]);
    } finally {
      await small.close();
    }
  });

  test("where there would be more figures than one answer has", async () => {
    const one = { minute: 0, metric: "sent", bucket: 0, value: 1, cost: 0 } as const;
    const sums = times(limits.statisticPointsOfAll + 1, (index) => ({ ...one, group: [`t${index}`] }));
    const sumStatistics = async () => ({ sums, next: undefined });
    const many = await apiBench((all) => ({ store: { ...all.store, sumStatistics } }));
    const faultsOf = async (query: string) => {
      const { json } = await many.call(`/v1/statistics?${query}`);
      return problemSchema.parse(json).errors?.map(({ path }) => path);
    };
    try {
      expect(await faultsOf("groupBy=tenant")).toEqual(["groupBy"]);
      expect(await faultsOf("groupBy=tenant&interval=hour")).toEqual(["interval"]);
    } finally {
      await many.close();
    }
  });

  test("an unknown one too", async () => {
    const { status } = await bench.call("/v1/statistics?provider=smtp");
    expect(status).toBe(400);
  });
});
