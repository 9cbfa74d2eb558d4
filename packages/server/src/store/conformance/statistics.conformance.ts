import type { StatisticDimension } from "@tidings/contract/statistics";
import { statisticDimensions } from "@tidings/contract/statistics";
import { describe, expect, test } from "vitest";
import { latencyBucketOf } from "../../domain/latency-bucket.ts";
import { SeededRandom } from "../../lib/seeded-random.ts";
import type { MessageRow } from "../../ports/store/log.ts";
import type { StatisticPlace, StatisticQuery, StatisticSum } from "../../ports/store/statistics.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";
import { costOfRow, countedInRow, type Made, StatisticHistory } from "./statistic-history.conformance.ts";

const minuteMs = 60_000;
const minuteOf = ({ at }: Corner, later = 0): number => Math.floor(at / minuteMs) + later;
const seed = Number(process.env["TIDINGS_TEST_SEED"] ?? Date.now() % 2 ** 31);

/** All sums of the corner's environment, a part at a time. */
export async function sumsOf(corner: Corner, over: Partial<StatisticQuery> = {}): Promise<StatisticSum[]> {
  const query: StatisticQuery = {
    environmentId: corner.environmentId,
    fromMinute: minuteOf(corner, -1),
    toMinute: minuteOf(corner, 3000),
    unitMinutes: 0,
    groupBy: [],
    where: {},
    after: undefined,
    rowsMax: 1000,
    ...over,
  };
  const all: StatisticSum[] = [];
  let after: StatisticPlace | undefined;
  do {
    const part = await corner.store.sumStatistics({ ...query, after });
    all.push(...part.sums);
    after = part.next;
  } while (after !== undefined);
  return all;
}

/** Values by metric, and what it is grouped by. */
function valuesOf(sums: readonly StatisticSum[]): Record<string, number> {
  const values: Record<string, number> = {};
  for (const { metric, group, value } of sums) {
    const name = [metric, ...group].join(" ");
    values[name] = (values[name] ?? 0) + value;
  }
  return values;
}

const costOf = (sums: readonly StatisticSum[]): number => sums.reduce((sum, { cost }) => sum + cost, 0);

/** What a reader of all messages would count under the dimensions; integrations are those of last attempts. */
function readOf(made: readonly (Made & { row: MessageRow })[], groupBy: readonly StatisticDimension[]) {
  const values: Record<string, number> = {};
  for (const { row, mailbox } of made) {
    const of: Record<StatisticDimension, string> = {
      ...row,
      integration: row.attempts.at(-1)?.integration ?? "",
      mailboxProvider: mailbox ?? "",
    };
    for (const [metric, count] of countedInRow(row)) {
      const before = metric === "queued" || metric === "expired" || metric === "canceled";
      const group = groupBy.map((dimension) => (before && dimension === "integration" ? "" : of[dimension]));
      const name = [metric, ...group].join(" ");
      if (count > 0) values[name] = (values[name] ?? 0) + count;
    }
  }
  return values;
}

/** Metrics that a message's row does not tell of for good: it may have moved on. */
const passing = /^(accepted|failed|charged_late|retried)/;
const told = (values: Record<string, number>) =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !passing.test(name)));

export function statisticsConformance(open: OpenCorner): void {
  describe("statistics", () => {
    test("agree with what a reader of all messages counts, by every pair of dimensions", async () => {
      const corner = await open();
      const history = await new StatisticHistory(corner, new SeededRandom(seed)).run(150);
      const made = await Promise.all(history.map(async (one) => ({ ...one, row: await corner.row(one.message) })));
      const pairs = statisticDimensions.flatMap((a) => statisticDimensions.map((b) => [...new Set([a, b])]));
      for (const groupBy of pairs) {
        const sums = await sumsOf(corner, { groupBy });
        expect(told(valuesOf(sums)), `seed ${seed}, by ${groupBy}`).toEqual(told(readOf(made, groupBy)));
      }
      const sums = await sumsOf(corner);
      expect(valuesOf(sums)["retried"], `seed ${seed}`).toBe(readOf(made, [])["retried"]);
      expect(costOf(sums), `seed ${seed}`).toBe(made.reduce((sum, { row }) => sum + costOfRow(row), 0));
      const measured = sums.filter(({ metric, bucket }) => metric === "sent" && bucket > 0);
      expect(valuesOf(measured)["sent"]).toBe(valuesOf(sums)["sent"]);
    });

    test("are the same in parts of any size, by point, and of their own environment alone", async () => {
      const corner = await open();
      await new StatisticHistory(corner, new SeededRandom(seed)).run(30);
      await corner.queued({ environmentId: corner.otherEnvironmentId });
      const whole = valuesOf(await sumsOf(corner, { groupBy: ["channel", "workflow"] }));
      for (const rowsMax of [1, 2, 7])
        expect(valuesOf(await sumsOf(corner, { groupBy: ["channel", "workflow"], rowsMax }))).toEqual(whole);
      const points = await sumsOf(corner, { groupBy: ["channel", "workflow"], unitMinutes: 60, rowsMax: 9 });
      expect(valuesOf(points)).toEqual(whole);
      expect(points.every(({ minute }) => minute % 60 === 0)).toBe(true);
      const other = await sumsOf(corner, { environmentId: corner.otherEnvironmentId });
      expect(valuesOf(other)).toEqual({ accepted: 1, queued: 1 });
    });

    test("are of the minutes that were asked for, the last not among them, and of what fits all filters", async () => {
      const corner = await open();
      for (const later of [0, 1, 2])
        await corner.accepted({ receivedAt: corner.at + later * minuteMs, tenant: `t${later}` });
      await corner.queuedAll([
        { channel: "sms", category: "news", workflow: "w" },
        { channel: "sms", category: "orders", workflow: "w" },
        { channel: "email", category: "news", workflow: "w", mailbox: "gmail" },
      ]);
      const events = async (from: number, to: number) =>
        valuesOf(await sumsOf(corner, { fromMinute: minuteOf(corner, from), toMinute: minuteOf(corner, to) }))[
          "accepted"
        ];
      expect([await events(0, 1), await events(1, 3), await events(3, 9)]).toEqual([2, 2, undefined]);
      const fitting = async (where: StatisticQuery["where"]) => valuesOf(await sumsOf(corner, { where }))["queued"];
      expect(await fitting({ channel: "sms" })).toBe(2);
      expect(await fitting({ channel: "sms", category: "news" })).toBe(1);
      expect(await fitting({ mailboxProvider: "gmail" })).toBe(1);
      expect(await fitting({ workflow: "w", mailboxProvider: "outlook" })).toBeUndefined();
    });

    test("tell how long it took until the provider had a message, and from then until it was delivered", async () => {
      const corner = await open();
      const { at } = corner;
      const message = await corner.sending();
      await corner.record(message, { finishedAt: at + 400, latencyMs: 400 });
      await corner.store.recordFeedback({ reports: [corner.report(message, { at: at + 8400 })], now: at + 9000 });
      // Put off by a rule: that is no time that it took.
      const late = await corner.sending({ dueAt: at + 3_600_000 });
      await corner.store.recordFeedback({
        reports: [corner.report(late, { at: at + 3_600_030 })],
        now: at + 3_700_000,
      });
      const sums = await sumsOf(corner);
      const buckets = (metric: string) =>
        sums.filter((sum) => sum.metric === metric).map(({ bucket, value }) => [bucket, value]);
      const by = (a: (number | undefined)[], b: (number | undefined)[]) => (a[0] ?? 0) - (b[0] ?? 0);
      expect(buckets("sent").sort(by)).toEqual([
        [latencyBucketOf(30), 1],
        [latencyBucketOf(400), 1],
      ]);
      // The second was reported before anybody knew since when its provider had it.
      expect(buckets("delivered").sort(by)).toEqual([
        [0, 1],
        [latencyBucketOf(8000), 1],
      ]);
    });

    test("count what is sent and what it costs once, whichever comes first: its outcome, or reports", async () => {
      const corner = await open();
      const outcome = (message: { id: string }) => ({ messageId: message.id, cost: 500, latencyMs: 50 });
      const kinds = ["failed", "delivered", "bounced"] as const;
      const orders = [
        ["outcome", ...kinds],
        [...kinds, "outcome"],
        ["bounced", "outcome", "failed", "delivered"],
        ["failed", "outcome", "outcome", "delivered", "bounced", "outcome"],
      ] as const;
      for (const [index, order] of orders.entries()) {
        const message = await corner.sending({ category: `c${index}`, addressHash: `h${index}` });
        for (const step of order) {
          if (step === "outcome") await corner.record(message, outcome(message));
          else await corner.store.recordFeedback({ reports: [corner.report(message, { kind: step })], now: corner.at });
        }
        const sums = await sumsOf(corner, { where: { category: `c${index}` } });
        expect([order, valuesOf(sums)["sent"], valuesOf(sums)["bounced"], costOf(sums)]).toEqual([order, 1, 1, 500]);
        expect((await corner.row(message)).sentAt).toBe(corner.at + 50);
      }
    });

    test("count a message that failed and then turns out to have arrived as sent, and one that its provider refused as not", async () => {
      const corner = await open();
      const refused = await corner.sending();
      await corner.record(refused, { outcome: "rejected", after: { state: "failed", reason: "550" } });
      expect(valuesOf(await sumsOf(corner))["sent"]).toBeUndefined();
      const lost = await corner.sending();
      await corner.record(lost, { outcome: "unknown", after: { state: "unknown", reason: "timeout" } });
      for (const kind of ["failed", "delivered", "failed"] as const)
        for (const message of [refused, lost])
          await corner.store.recordFeedback({ reports: [corner.report(message, { kind })], now: corner.at });
      expect(valuesOf(await sumsOf(corner))).toMatchObject({ sent: 2, delivered: 2 });
    });

    test("add what one call counts for a campaign to what it counts for others under the same labels", async () => {
      const corner = await open();
      const [plain, campaign] = await corner.queuedAll([{ step: "one" }, { step: "two" }]);
      if (plain === undefined || campaign === undefined) throw new RangeError("two messages");
      for (const message of [plain, campaign]) await corner.start(message);
      const labels = { ...campaign.origin, campaign: campaign.eventId };
      await corner.store.recordOutcomes({
        lane: "transactional",
        outcomes: [corner.outcome(plain, { cost: 1 }), { ...corner.outcome(campaign, { cost: 2 }), labels }],
      });
      const sums = await sumsOf(corner);
      expect([valuesOf(sums)["sent"], costOf(sums)]).toEqual([2, 3]);
    });
  });

  foldConformance(open);
}

function foldConformance(open: OpenCorner): void {
  describe("statistics that are old", () => {
    /** From an hour on, minutes 0 to 2 hours have events. */
    async function old(corner: Corner) {
      const hour = Math.floor(minuteOf(corner) / 60) * 60;
      for (const minute of [0, 1, 7, 59, 60, 61, 119, 120])
        for (const tenant of ["a", "b"]) await corner.accepted({ receivedAt: (hour + minute) * minuteMs, tenant });
      return hour;
    }

    async function foldAll(corner: Corner, input: { unitMinutes: number; beforeMinute: number; limit: number }) {
      let afterMinute: number | undefined = minuteOf(corner, -200);
      let rows = 0;
      while (afterMinute !== undefined) {
        const { folded, next }: { folded: number; next: number | undefined } = await corner.store.foldStatistics({
          ...input,
          afterMinute,
        });
        expect(folded).toBeLessThanOrEqual(input.limit);
        rows += folded;
        afterMinute = next;
      }
      return rows;
    }

    const minutes = async (corner: Corner) => {
      const sums = await sumsOf(corner, { unitMinutes: 1, groupBy: ["tenant"], fromMinute: minuteOf(corner, -200) });
      return sums.filter(({ group }) => group[0] === "a").map(({ minute, value }) => [minute, value]);
    };

    test.each([1, 3, 1000])("are folded into their hours, %i rows at a time, and lose nothing", async (limit) => {
      const corner = await open();
      const hour = await old(corner);
      const before = valuesOf(await sumsOf(corner, { groupBy: ["tenant"], fromMinute: hour }));
      expect(await foldAll(corner, { unitMinutes: 60, beforeMinute: hour + 120, limit })).toBe(10);
      expect((await minutes(corner)).sort()).toEqual([
        [hour, 4],
        [hour + 60, 3],
        [hour + 120, 1],
      ]);
      expect(valuesOf(await sumsOf(corner, { groupBy: ["tenant"], fromMinute: hour }))).toEqual(before);
      expect(await foldAll(corner, { unitMinutes: 60, beforeMinute: hour + 120, limit })).toBe(0);
    });

    test("take what is counted later for them too", async () => {
      const corner = await open();
      const hour = await old(corner);
      await foldAll(corner, { unitMinutes: 60, beforeMinute: hour + 120, limit: 1000 });
      await corner.accepted({ receivedAt: (hour + 7) * minuteMs, tenant: "a" });
      expect((await minutes(corner)).find(([minute]) => minute === hour + 7)).toEqual([hour + 7, 1]);
      await foldAll(corner, { unitMinutes: 60, beforeMinute: hour + 120, limit: 1000 });
      expect((await minutes(corner)).find(([minute]) => minute === hour)).toEqual([hour, 5]);
    });

    test("lose nothing that is counted while they are folded", async () => {
      const corner = await open();
      const hour = Math.floor(minuteOf(corner) / 60) * 60;
      const counted = times(60, (index) =>
        corner.accepted({ receivedAt: (hour + 1 + (index % 3)) * minuteMs, tenant: "a" }),
      );
      const folding = times(5, () => foldAll(corner, { unitMinutes: 60, beforeMinute: hour + 60, limit: 2 }));
      await Promise.all([...counted, ...folding]);
      const sums = await sumsOf(corner, { fromMinute: hour });
      expect(valuesOf(sums)["accepted"]).toBe(60);
      await foldAll(corner, { unitMinutes: 60, beforeMinute: hour + 60, limit: 1000 });
      expect(await minutes(corner)).toEqual([[hour, 60]]);
    });

    test("are folded from hours into days, with their costs", async () => {
      const corner = await open();
      const message = await corner.sending();
      await corner.record(message, { cost: 700, latencyMs: 20, finishedAt: corner.at + 7 * minuteMs });
      await old(corner);
      const day = Math.floor(minuteOf(corner) / 1440) * 1440;
      const before = await sumsOf(corner, { fromMinute: day, groupBy: ["tenant"] });
      await foldAll(corner, { unitMinutes: 60, beforeMinute: day + 1440, limit: 4 });
      let afterMinute: number | undefined = day - 1;
      while (afterMinute !== undefined)
        afterMinute = (
          await corner.store.foldStatistics({ unitMinutes: 1440, beforeMinute: day + 1440, afterMinute, limit: 3 })
        ).next;
      const after = await sumsOf(corner, { fromMinute: day, unitMinutes: 1, groupBy: ["tenant"] });
      expect(new Set(after.map(({ minute }) => minute))).toEqual(new Set([day]));
      expect([valuesOf(after), costOf(after)]).toEqual([valuesOf(before), 700]);
    });

    test("are deleted once they are older than they are kept, some at a time", async () => {
      const corner = await open();
      const hour = await old(corner);
      const beforeMinute = hour + 60;
      let gone = 0;
      for (let last = 3; last === 3; gone += last)
        last = await corner.store.purgeStatistics({ beforeMinute, limit: 3 });
      expect(gone).toBeGreaterThanOrEqual(8);
      expect((await minutes(corner)).map(([minute]) => minute)).toEqual([hour + 60, hour + 61, hour + 119, hour + 120]);
    });
  });
}
