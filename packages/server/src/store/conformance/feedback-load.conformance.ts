import { expect, test } from "vitest";
import { feedbackKinds } from "../../domain/feedback.ts";
import { SeededRandom } from "../../lib/seeded-random.ts";
import type { FeedbackReport } from "../../ports/store/feedback.ts";
import type { NewMessage } from "../../ports/store/orchestrate.ts";
import type { SqlRow } from "../sql/columns.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";

const events = Number(process.env["TIDINGS_TEST_FEEDBACK_EVENTS"] ?? 2000);
const seed = Number(process.env["TIDINGS_TEST_SEED"] ?? Date.now() % 2 ** 31);
const perMessage = 3;
const perAddress = 5;
const perCall = 1000;
const dayMs = 86_400_000;
const minuteMs = 60_000;
const rule = { count: 3, days: 7 };

/** What is told, of messages by their number; `at` behind the corner's time. */
interface Told extends Pick<FeedbackReport, "kind" | "code"> {
  message: number;
  at: number;
}

function toldEvents(random: SeededRandom, messages: number): Told[] {
  return times(events, () => ({
    message: random.int(messages),
    // Many soft bounces, and ends that outweigh them for some of the addresses.
    kind: random.chance(0.6) ? (random.chance(0.8) ? "soft_bounced" : "delivered") : random.pick(feedbackKinds),
    // Some fall into the same moment.
    at: random.int(20) * dayMs + random.int(random.chance(0.5) ? 3 : dayMs),
    code: random.pick(["", "a", "b"]),
  }));
}

function shuffled<Item>(random: SeededRandom, items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, place: random.number() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

/** Messages that providers took, refused, or left open; of several recipients to each address. */
async function sentMessages(corner: Corner, count: number): Promise<NewMessage[]> {
  const all: NewMessage[] = [];
  const addresses = Math.ceil(count / perAddress);
  while (all.length < count) {
    const from = all.length;
    const messages = await corner.queuedAll(
      times(Math.min(perCall, count - from), (index) => ({
        addressHash: `h${(from + index) % addresses}`,
        recipient: `u${(from + index) % (2 * addresses)}`,
        lane: "marketing",
      })),
    );
    await corner.store.startAttempts({ attempts: messages.map((each) => corner.attempt(each)), lane: "marketing" });
    const after = ["sent", "sent", "sent", "failed", "unknown"] as const;
    const outcomes = messages.slice(0, Math.floor(messages.length * 0.9)).map((message, index) => {
      const state = after[index % after.length] ?? "sent";
      return corner.outcome(message, { after: state === "sent" ? { state } : { state, reason: "r" } });
    });
    await corner.store.recordOutcomes({ outcomes, lane: "marketing" });
    all.push(...messages);
  }
  return all;
}

type Look = ((environmentId: number) => Promise<SqlRow[]>) | undefined;

/** Tells it all, and gives what there is then, without what differs between two corners. */
async function endOf(corner: Corner, calls: readonly (readonly Told[])[], count: number, look: Look) {
  const { store, environmentId } = corner;
  const messages = await sentMessages(corner, count);
  // In a minute of its own, so that its sums are those of the reports alone.
  const now = corner.at + 10 * minuteMs;
  const softBounces = new Map([[environmentId, rule]]);
  for (const call of calls) {
    const reports = call.flatMap(({ message, at, ...told }) => {
      const about = messages[message];
      return about === undefined ? [] : [corner.report(about, { ...told, at: corner.at + at })];
    });
    expect(await store.recordFeedback({ reports, now, softBounces })).toBe(call.length);
  }
  const numbers = new Map(messages.map(({ id }, number) => [id, number]));
  const past = (at: number | null) => (at === null ? null : at - corner.at);
  const rows: unknown[] = [];
  for (const message of messages) {
    const row = await corner.row(message);
    const { state, reason, dueAt, sentAt, deliveredAt, openedAt, clickedAt, readAt, complainedAt } = row;
    rows.push([state, reason, ...[dueAt, sentAt, deliveredAt, openedAt, clickedAt, readAt, complainedAt].map(past)]);
  }
  const minute = Math.floor(now / minuteMs);
  const sums = await store.recentSums({ fromMinute: minute, toMinute: minute + 1 });
  const bounces = (await look?.(environmentId)) ?? [];
  return {
    rows,
    suppressions: await suppressionsOf(corner),
    sums: sums.map(({ metric, lane, channel, value }) => `${metric} ${lane} ${channel} ${value}`).toSorted(),
    bounces: bounces.map((row) => [
      row["address_hash"],
      past(row["delivered_at"] === null ? null : Number(row["delivered_at"])),
      String(row["bounces"])
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => line.split(" "))
        .map(([at, id = ""]) => [Number(at) - corner.at, numbers.get(id)]),
    ]),
  };
}

async function suppressionsOf({ store, environmentId, at }: Corner): Promise<string[]> {
  const found: string[] = [];
  let after: Parameters<typeof store.listSuppressions>[0]["after"];
  do {
    const page = await store.listSuppressions({ environmentId, after, limit: 1000 });
    found.push(...page.items.map((row) => `${row.addressHash} ${row.scope} ${row.reason} ${row.createdAt - at}`));
    after = page.next;
  } while (after !== undefined);
  return found;
}

function inCalls(told: readonly Told[], length: () => number): Told[][] {
  const calls: Told[][] = [];
  for (let from = 0; from < told.length; from += calls.at(-1)?.length ?? 0)
    calls.push(told.slice(from, from + Math.max(1, length())));
  return calls;
}

/** `look`: what is kept of an environment's addresses, where the suite can see it. */
export function feedbackLoadConformance(open: OpenCorner, look: () => Look): void {
  test(
    `feedback: ${events} events, each three times and shuffled, end as once and in order (seed ${seed})`,
    async () => {
      console.log(`feedback: ${events} events, seed ${seed}`);
      const random = new SeededRandom(seed);
      const count = Math.ceil(events / perMessage);
      const told = toldEvents(random, count);
      const inOrder = told.toSorted((a, b) => a.at - b.at);
      const once = await endOf(
        await open(),
        inCalls(inOrder, () => perCall),
        count,
        look(),
      );
      const thrice = shuffled(random, [...told, ...told, ...told]);
      const calls = inCalls(thrice, () => random.int(random.chance(0.1) ? 3 : perCall));
      const again = await endOf(await open(), calls, count, look());
      expect(again.sums).toEqual(once.sums);
      expect(again.suppressions).toEqual(once.suppressions);
      expect(again.bounces).toEqual(once.bounces);
      expect(again.rows).toEqual(once.rows);
      // It was worth comparing.
      for (const reason of ["soft_bounces", "bounced", "complained"])
        expect(once.suppressions.some((row) => row.includes(` ${reason} `))).toBe(true);
      // Each kind, and what was sent as reports prove.
      expect(once.sums).toHaveLength(feedbackKinds.length + 1);
    },
    60_000 + events * 5,
  );
}
