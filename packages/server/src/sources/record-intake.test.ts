import { sourceBodySchema } from "@tidings/contract/sources";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TidingsError } from "../errors.ts";
import { IdSource } from "../lib/ids.ts";
import { SeededRandom } from "../lib/seeded-random.ts";
import { SimulatedClock } from "../lib/simulated-clock.ts";
import type { SourceConfiguration, SourceRecord } from "../ports/event-source.ts";
import type { SourceLetter } from "../ports/store/source-letters.ts";
import type { SourceIngest, SourceOutcome } from "./item-settler.ts";
import { RecordIntake } from "./record-intake.ts";
import { SourceReplays } from "./source-replays.ts";

const perOrder = {
  each: "orders",
  event: { name: "order", recipients: [{ $: "user" }], data: { number: { $: "number" } } },
};
const sourceOf = (mapping: object, over: Partial<SourceConfiguration> = {}): SourceConfiguration => ({
  environmentId: 1,
  key: "orders",
  version: 1,
  document: sourceBodySchema.parse({ type: "kafka", brokers: ["k:9092"], topic: "t", group: "g", mapping }),
  secrets: {},
  ...over,
});
const recordOf = (value: unknown, place = "t/0/1"): SourceRecord => ({
  place,
  identity: `${place}/9`,
  value: Buffer.from(typeof value === "string" ? value : JSON.stringify(value)),
  headers: {},
  meta: { partition: 0 },
});
const orders = (...numbers: (number | string)[]) => ({
  orders: numbers.map((number) => ({ user: `u${number}`, number })),
});

let clock: SimulatedClock;
let letters: SourceLetter[];
let told: string[];
/** By number: what ingest says of it, once each; then it takes it. */
let answers: Map<number, TidingsError[]>;
let calls: { numbers: number[]; keys: (string | undefined)[] }[];
let known: Map<string, string>;
let storeFaults: number;
let thrown: Error[];

const ingest: SourceIngest = {
  events: async (_environmentId, events) => {
    const fault = thrown.shift();
    if (fault !== undefined) throw fault;
    calls.push({
      numbers: events.map(({ data }) => Number(data?.["number"])),
      keys: events.map((each) => each.idempotencyKey),
    });
    return events.map(({ data, idempotencyKey = "" }): SourceOutcome => {
      const error = answers.get(Number(data?.["number"]))?.shift();
      if (error !== undefined) return { error };
      const id = known.get(idempotencyKey) ?? `id-${known.size}`;
      known.set(idempotencyKey, id);
      return { id };
    });
  },
  message: async () => ({ id: "m" }),
};
const keyring = {
  sealForEnvironment: (_environmentId: number, context: string, text: string) => `${context}|${text}`,
  unsealForEnvironment: (_environmentId: number, context: string, sealed: string) => sealed.slice(context.length + 1),
};
const store = {
  writeSourceLetters: async ({ letters: written }: { letters: readonly SourceLetter[] }) => {
    if (storeFaults > 0) {
      storeFaults -= 1;
      throw new Error("away");
    }
    for (const letter of written) letters = [...letters.filter(({ identity }) => identity !== letter.identity), letter];
  },
  findSourceLetters: async () => letters.map(({ id }) => id),
  loadSourceLetter: async ({ id: wanted }: { id: string }) => letters.find(({ id }) => id === wanted),
  deleteSourceLetters: async ({ ids }: { ids: readonly string[] }) => {
    letters = letters.filter(({ id }) => !ids.includes(id));
  },
};
const limits = {
  itemsPerCall: 3,
  recordBytesMax: 4000,
  depthMax: 10,
  keptBytesMax: 8000,
  waitMaxMs: 400,
  refusedInRowMax: 4,
  refusedPauseMs: 60_000,
};

const intakeOf = (source: SourceConfiguration): RecordIntake => {
  const random = new SeededRandom(1);
  return new RecordIntake(source, {
    ...{ ingest, store, keyring, clock, limits },
    ids: new IdSource(
      () => clock.now(),
      (length) => random.bytes(length),
    ),
    observer: {
      onSettled: (_source, { records, made, passed }) =>
        void told.push(`${records} records, ${made} made, ${passed} passed`),
      onRefused: (_source, { reason }) => void told.push(reason),
      onWaiting: (_source, why) => void told.push(why),
      onFault: () => void told.push("fault"),
    },
  });
};
const letterIds = () => letters.map(({ id }) => id);
const replays = (source: SourceConfiguration) =>
  new SourceReplays({ sources: () => [source], ...{ ingest, store, keyring, clock, limits }, onFault: () => {} });

/** Runs the clock until it is settled. */
async function settled(taking: Promise<void>, forMs = 200_000): Promise<void> {
  let isDone = false;
  const done = taking.finally(() => {
    isDone = true;
  });
  done.catch(() => {});
  const until = clock.now() + forMs;
  while (!isDone && clock.now() < until) {
    await new Promise((resolve) => setImmediate(resolve));
    if (!isDone) clock.runNext();
  }
  await done;
}

const overloaded = () => new TidingsError("overloaded");
const never = new AbortController().signal;

beforeEach(() => {
  clock = new SimulatedClock(1_700_000_000_000);
  letters = [];
  told = [];
  answers = new Map();
  calls = [];
  known = new Map();
  storeFaults = 0;
  thrown = [];
});
afterEach(() => expect(storeFaults).toBe(0));

describe("records of a source", () => {
  it("become events in their order, in calls of a bounded size, each under a key of its own place", async () => {
    await settled(
      intakeOf(sourceOf(perOrder)).take(
        [recordOf(orders(1, 2), "t/0/1"), recordOf(orders(3, 4, 5, 6, 7), "t/0/2")],
        never,
      ),
    );
    expect(calls.map(({ numbers }) => numbers)).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
    const keys = calls.flatMap((call) => call.keys);
    expect(new Set(keys).size).toBe(7);
    await settled(intakeOf(sourceOf(perOrder)).take([recordOf(orders(1, 2), "t/0/1")], never));
    expect(calls.at(-1)?.keys).toEqual(keys.slice(0, 2));
    await settled(intakeOf(sourceOf(perOrder, { key: "other" })).take([recordOf(orders(1, 2), "t/0/1")], never));
    expect(calls.at(-1)?.keys).not.toContain(keys[0]);
    expect(letters).toEqual([]);
  });

  it("wait for as long as the server is overloaded, behind those that are tried again", async () => {
    answers.set(2, Array.from({ length: 30 }, overloaded));
    await settled(intakeOf(sourceOf(perOrder)).take([recordOf(orders(1, 2, 3, 4, 5))], never));
    expect(calls[0]?.numbers).toEqual([1, 2, 3]);
    expect(calls.slice(1, 31).map(({ numbers }) => numbers)).toEqual(Array.from({ length: 30 }, () => [2]));
    expect(calls.at(-1)?.numbers).toEqual([4, 5]);
    expect(told.filter((what) => what === "overloaded")).toHaveLength(1);
    expect(letters).toEqual([]);
  });

  it.each(["version_conflict", "stopping", "rate_limited", "idempotency_in_progress"] as const)(
    "are tried again after %s",
    async (code) => {
      answers.set(1, [new TidingsError(code)]);
      await settled(intakeOf(sourceOf(perOrder)).take([recordOf(orders(1))], never));
      expect(known.size).toBe(1);
      expect(letters).toEqual([]);
    },
  );

  it("whose key is of their place count as taken in where another mapping made something else of them", async () => {
    answers.set(1, [new TidingsError("idempotency_mismatch")]);
    await settled(intakeOf(sourceOf(perOrder)).take([recordOf(orders(1))], never));
    expect(letters).toEqual([]);
  });

  it("that meet a fault of our own end alone after some tries, and the others go on", async () => {
    thrown = [new Error("one of them is odd"), new Error("odd"), new Error("odd"), new Error("odd")];
    await settled(
      intakeOf(sourceOf(perOrder)).take(
        [recordOf({ orders: [...orders(1).orders] }, "t/0/1"), recordOf(orders(2), "t/0/2")],
        never,
      ),
    );
    expect(letters.map(({ place, reason }) => `${place} ${reason}`)).toEqual(["t/0/1 internal"]);
    expect([...known.keys()]).toHaveLength(1);
    expect(JSON.stringify(letters)).not.toContain("odd");
  });

  it("are given up at once when they are not wanted any more, and settled is what was", async () => {
    answers.set(4, Array.from({ length: 1000 }, overloaded));
    const stop = new AbortController();
    const taking = intakeOf(sourceOf(perOrder)).take(
      [recordOf(orders(1, 2, 3), "t/0/1"), recordOf(orders(4), "t/0/2")],
      stop.signal,
    );
    taking.catch(() => {});
    while (!told.includes("overloaded")) await new Promise((resolve) => setImmediate(resolve));
    stop.abort(new Error("stopped"));
    await expect(taking).rejects.toThrow("stopped");
    expect(known.size).toBe(3);
    expect(letters).toEqual([]);
  });

  it("without a value, and those that are not for us, are passed over", async () => {
    const source = sourceOf({ only: [{ $: "type", is: ["a"] }], ...perOrder });
    await settled(
      intakeOf(source).take(
        [{ ...recordOf(""), value: null }, recordOf({ type: "b" }), recordOf({ type: "a", ...orders(1) })],
        never,
      ),
    );
    expect(told).toEqual(["3 records, 1 made, 2 passed"]);
  });

  it.each([
    ["{", "malformed_json"],
    ["", "malformed_json"],
    [`{"a":${"[".repeat(11)}${"]".repeat(11)}}`, "body_too_deep"],
    [JSON.stringify({ a: "x".repeat(4000) }), "body_too_large"],
    ["{}", "mapping_failed"],
  ])("that are %s end as letters: %s", async (value, reason) => {
    await settled(intakeOf(sourceOf(perOrder)).take([recordOf(value)], never));
    expect(letters).toMatchObject([{ reason, source: "orders", place: "t/0/1", environmentId: 1 }]);
    expect(replays(sourceOf(perOrder)).show(letters[0] ?? expect.unreachable())).toEqual({
      value,
      headers: {},
      meta: { partition: 0 },
    });
  });

  it("that are much too long are not kept", async () => {
    await settled(intakeOf(sourceOf(perOrder)).take([recordOf("x".repeat(9000))], never));
    expect(letters).toMatchObject([{ reason: "body_too_large", sealed: null }]);
    const result = await replays(sourceOf(perOrder)).replay(1, letterIds());
    expect(result).toEqual({ replayed: 0, refused: 1 });
  });

  it("are not settled before their letter is durable", async () => {
    storeFaults = 3;
    await settled(intakeOf(sourceOf(perOrder)).take([recordOf("{")], never));
    expect(letters).toHaveLength(1);
    expect(told.filter((what) => what === "fault")).toHaveLength(3);
  });

  it("hold no half characters and control characters in what is told of them", async () => {
    const mapping = { event: { name: "n", recipients: { $: "to" } } };
    const unknown = { id: "u", [`a\u0000${"😀".repeat(30)}`]: 1 };
    await settled(
      intakeOf(sourceOf(mapping)).take([recordOf({ to: Array.from({ length: 15 }, () => unknown) })], never),
    );
    const [{ detail = "" } = {}] = letters;
    expect(detail.length).toBeGreaterThan(900);
    expect(detail).not.toMatch(/[\p{Cc}\p{Cs}]/u);
  });

  it("that are all refused slow it down, and one that fits lets it go on", async () => {
    const bad = Array.from({ length: 12 }, (_, index) => recordOf("{", `t/0/${index}`));
    const from = clock.now();
    const intake = intakeOf(sourceOf(perOrder));
    for (const each of bad) await settled(intake.take([each], never), 2_000_000);
    expect(letters).toHaveLength(12);
    expect(clock.now() - from).toBeGreaterThanOrEqual(8 * limits.refusedPauseMs);
    expect(told).toContain("refused_in_row");
    await settled(intake.take([recordOf(orders(1))], never));
    const then = clock.now();
    await settled(intake.take([recordOf("{", "t/0/99")], never));
    expect(clock.now() - then).toBeLessThan(limits.refusedPauseMs);
  });
});

describe("a record of several events", () => {
  it("of which one is refused is a letter of that alone: replayed, it makes nothing twice", async () => {
    const mapping = { ...perOrder, event: { ...perOrder.event, tenant: { $: "shop", map: { a: "a" } } } };
    const value = {
      orders: [
        { user: "u1", number: 1, shop: "a" },
        { user: "u2", number: 2, shop: "b" },
        { user: "u3", number: 3, shop: "a" },
      ],
    };
    await settled(intakeOf(sourceOf(mapping)).take([recordOf(value)], never));
    expect(calls.flatMap(({ numbers }) => numbers)).toEqual([1, 3]);
    expect(letters).toMatchObject([{ reason: "mapping_failed", detail: "orders.1.shop: is not in the table" }]);
    expect(await replays(sourceOf(mapping)).replay(1, letterIds())).toEqual({ replayed: 0, refused: 1 });
    expect(letters).toHaveLength(1);
    // The keys of what was done have run out meanwhile.
    known.clear();
    const mended = { ...mapping, event: { ...mapping.event, tenant: { $: "shop" } } };
    expect(await replays(sourceOf(mended)).replay(1, letterIds())).toEqual({ replayed: 1, refused: 0 });
    expect(calls.flatMap(({ numbers }) => numbers)).toEqual([1, 3, 2]);
    expect(letters).toEqual([]);
  });
});

describe("a replay", () => {
  it("tells its caller that the server is overloaded, and keeps the letter", async () => {
    await settled(
      intakeOf(sourceOf({ event: { name: "n", recipients: ["u"], tenant: { $: "t", map: {} } } })).take(
        [recordOf({ t: "x" })],
        never,
      ),
    );
    answers.set(Number.NaN, [overloaded()]);
    const source = sourceOf({ event: { name: "n", recipients: ["u"] } });
    await expect(replays(source).replay(1, letterIds())).rejects.toMatchObject({ code: "overloaded" });
    expect(letters).toHaveLength(1);
    answers.clear();
    expect(await replays(source).replay(1, letterIds())).toEqual({ replayed: 1, refused: 0 });
  });

  it("leaves letters of a source that is gone, or of another environment", async () => {
    await settled(intakeOf(sourceOf(perOrder)).take([recordOf("{}")], never));
    expect(await replays(sourceOf(perOrder, { key: "other" })).replay(1, letterIds())).toEqual({
      replayed: 0,
      refused: 1,
    });
    expect(await replays(sourceOf(perOrder, { environmentId: 2 })).replay(1, letterIds())).toEqual({
      replayed: 0,
      refused: 1,
    });
    expect(letters).toHaveLength(1);
  });
});
