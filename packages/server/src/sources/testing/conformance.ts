import { afterEach, describe, expect, test } from "vitest";
import type { SourceReading } from "../registry.ts";
import { key, mapping, record, SourceWorld, until } from "./source-world.conformance.ts";

export interface Sent {
  /** Texts are sent as they are. */
  value: object | string;
  headers?: Record<string, string>;
}

/** A topic or a queue of its own, on a real server. */
export interface SourceBench {
  reading: SourceReading;
  /** Body of `PUT /v1/sources/{key}`, all but its mapping. */
  document: object;
  /** Sends to one partition, or group of messages. */
  send(sent: readonly Sent[]): Promise<void>;
  /** A path into what the source says of a record, and its value for all that is sent. */
  meta: { path: string; expected: string | undefined };
  /** Records that come in a moment. */
  many: number;
  /** Whether what one partition or group holds comes in order. */
  ordered: boolean;
  /** How long the source takes it that a process which says nothing still lives, ms. */
  patienceMs: number;
  /** Takes the topic or queue away, and brings it back. */
  remove(): Promise<void>;
  create(): Promise<void>;
  close(): Promise<void>;
}

const range = (count: number, from = 0): number[] => Array.from({ length: count }, (_, index) => from + index);
const records = (numbers: readonly number[], more: object = {}): Sent[] =>
  numbers.map((number) => ({ value: record(number, more) }));
const sorted = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);

/** What every source has to do, in front of a real ingest, store and API. */
export function sourceConformance(name: string, open: () => Promise<SourceBench>): void {
  const opened: { bench: SourceBench; world: SourceWorld }[] = [];
  afterEach(async () => {
    for (const { bench, world } of opened.splice(0)) {
      await world.close();
      await bench.close();
    }
  });
  const start = async () => {
    const bench = await open();
    const world = await SourceWorld.open(bench.reading);
    opened.push({ bench, world });
    await world.put({ ...bench.document, mapping });
    return { bench, world };
  };

  describe(`events from ${name}`, () => {
    test("each record is one event, in order, and acknowledged", async () => {
      const { bench, world } = await start();
      await bench.send(records(range(bench.many)));
      world.process();
      await until("all are events", () => world.accepted.size === bench.many);
      expect(bench.ordered ? world.numbers : sorted(world.numbers)).toEqual(range(bench.many));
      await until("none waits", () => world.lags.get(key) === 0);
      const [[id, event] = expect.unreachable()] = world.accepted;
      const answer = await world.api.call(`/v1/events/${id}`);
      expect(answer.json).toMatchObject({
        name: "user.welcome",
        data: event.data,
        recipients: [`u${event.data?.["number"]}@example.com`],
      });
      expect(await world.letters()).toEqual([]);
    });

    test("what comes again, as its process was killed ahead of the acknowledgement, is the same event", async () => {
      const { bench, world } = await start();
      await bench.send(records(range(20)));
      const dying = world.dying();
      await until("some of them are durable", () => world.accepted.size > 0);
      await dying.stop();
      const before = world.asked.length;
      world.process();
      await until("all are events", () => world.accepted.size === 20);
      await until("none waits", () => world.lags.get(key) === 0);
      expect(sorted(world.numbers)).toEqual(range(20));
      const again = world.asked.slice(before).flat();
      expect(
        world.asked
          .slice(0, before)
          .flat()
          .some((number) => again.includes(number)),
      ).toBe(true);
    });

    test("what is sent twice under one key of its own is one event", async () => {
      const { bench, world } = await start();
      await bench.send([...records([1], { request_id: "r1" }), ...records([1], { request_id: "r1" }), ...records([2])]);
      world.process();
      await until("the last is an event", () => world.numbers.includes(2));
      await until("none waits", () => world.lags.get(key) === 0);
      expect(sorted(world.numbers)).toEqual([1, 2]);
    });

    test("a record that cannot be taken in is a dead letter, and all others go on", async () => {
      const { bench, world } = await start();
      await bench.send([
        ...records([1]),
        { value: "no JSON" },
        { value: record(2, { recipient_email: "no address" }) },
        { value: record(3, { template_id: "tmpl_new" }) },
        { value: record(4, { template_data: { pad: "x".repeat(50_000) } }) },
        ...records([5], { request_id: "r5" }),
        ...records([6], { request_id: "r5" }),
        ...records([7]),
      ]);
      world.process();
      await until(
        "the others are events",
        async () => world.accepted.size === 3 && (await world.letters()).length === 5,
      );
      // Of two under one key the first is an event: which that is no one knows where there is no order.
      const first = bench.ordered || world.numbers.includes(5) ? 5 : 6;
      expect(sorted(world.numbers)).toEqual([1, first, 7]);
      await until("none waits", () => world.lags.get(key) === 0);
      const letters = await world.letters();
      expect(new Set(letters.map(({ reason, kind }) => `${kind} ${reason}`))).toEqual(
        new Set(
          ["malformed_json", "mapping_failed", "body_too_large", "idempotency_mismatch"].map(
            (reason) => `source ${reason}`,
          ),
        ),
      );
      const details = letters.map(({ detail = "" }) => detail).join("\n");
      expect(details).toContain("recipient_email: must be a mail address");
      expect(details).toContain("template_id: is not in the table");
      expect(JSON.stringify(letters)).not.toContain("no address");
      const unlisted = letters.find(({ detail }) => detail?.startsWith("template_id"));
      const shown = await world.api.call(`/v1/dead-letters/${unlisted?.id}`);
      expect(shown.json).toMatchObject({
        source: {
          key,
          place: unlisted?.source?.place,
          record: { value: JSON.stringify(record(3, { template_id: "tmpl_new" })) },
        },
      });
    });

    test("a letter that is replayed is mapped anew, once, by the mapping that is in force", async () => {
      const { bench, world } = await start();
      await bench.send([{ value: record(1, { template_id: "tmpl_new" }) }, { value: "no JSON" }]);
      world.process();
      await until("both are letters", async () => (await world.letters()).length === 2);
      expect(await world.replay()).toEqual({ replayed: 0, expired: 0, refused: 2 });
      const name = { $: "template_id", default: "other" };
      await world.put({ ...bench.document, mapping: { event: { ...mapping.event, name } } });
      const ids = (await world.letters()).filter(({ reason }) => reason === "mapping_failed").map(({ id }) => id);
      const replays = await Promise.all([world.replay({ ids }), world.replay({ ids })]);
      expect(replays).toContainEqual(expect.objectContaining({ replayed: 1 }));
      expect((await world.letters()).map(({ reason }) => reason)).toEqual(["malformed_json"]);
    });

    test("while the server is overloaded nothing is acknowledged, lost or given up", async () => {
      const { bench, world } = await start();
      const relieve = world.overload();
      await bench.send(records(range(30)));
      world.process();
      const from = performance.now();
      const long = () => performance.now() - from > 1.5 * bench.patienceMs;
      await until("it has waited for longer than a silent process may", () => world.denied > 3 && long());
      expect(world.accepted.size).toBe(0);
      relieve();
      await until("all are events", () => world.accepted.size === 30);
      if (bench.ordered) expect(world.numbers).toEqual(range(30));
      await until("none waits", () => world.lags.get(key) === 0);
      // Given again, it would have been given up in between.
      expect(world.handed).toHaveLength(30);
      expect(world.told).toContain(`${key} overloaded`);
      expect(await world.letters()).toEqual([]);
    });

    test("a change is in force within a second, and what is disabled is left alone", async () => {
      const { bench, world } = await start();
      world.process();
      await bench.send(records([1]));
      await until("it is read", () => world.accepted.size === 1);
      await world.put({ ...bench.document, mapping: { event: { ...mapping.event, name: "changed" } } });
      await until(
        "the one before it has ended",
        () => world.told.filter((what) => what === `${key} read`).length === 2,
        1000,
      );
      await bench.send(records([2]));
      await until("it is read by the new one", () => world.accepted.size === 2);
      expect([...world.accepted.values()].map(({ name }) => name)).toEqual(["user.welcome", "changed"]);
      await world.put({ ...bench.document, mapping, enabled: false });
      await until("it has ended", () => world.told.at(-1) === `${key} left`, 1000);
      await bench.send(records([3]));
      await world.put({ ...bench.document, mapping });
      await until("it is read again", () => world.accepted.size === 3);
      expect([...world.accepted.values()].at(-1)?.name).toBe("user.welcome");
    });

    test("a stop lets what is under way be settled and acknowledged, and takes nothing more", async () => {
      const { bench, world } = await start();
      let go = (): void => {};
      const gate = new Promise<void>((resolve) => {
        go = resolve;
      });
      world.deny = () => gate;
      await bench.send(records(range(5)));
      const first = world.process();
      let asked = false;
      world.deny = async () => {
        asked = true;
        await gate;
      };
      await until("ingest was asked", () => asked);
      const stopped = first.stop();
      await bench.send(records(range(5, 5)));
      go();
      await stopped;
      const taken = world.accepted.size;
      expect(taken).toBeGreaterThan(0);
      await first.stop();
      const before = world.asked.length;
      world.process();
      await until("the rest are events", () => world.accepted.size === 10);
      const done = world.numbers.slice(0, taken);
      expect(
        world.asked
          .slice(before)
          .flat()
          .filter((number) => done.includes(number)),
      ).toEqual([]);
    });

    test("processes share it: one that ends leaves nothing undone", async () => {
      const { bench, world } = await start();
      const first = world.process();
      world.process();
      await bench.send(records(range(bench.many)));
      await until("some are events", () => world.accepted.size > 0);
      await first.stop();
      await bench.send(records(range(20, bench.many)));
      await until("all are events", () => world.accepted.size === bench.many + 20);
      expect(sorted(world.numbers)).toEqual(range(bench.many + 20));
    });

    test("headers, and what the source says of a record, can be mapped", async () => {
      const { bench, world } = await start();
      const tenant = { $: "tenant", of: "headers" };
      const data = { number: { $: "template_data.number" }, from: { $: bench.meta.path, of: "meta" } };
      await world.put({ ...bench.document, mapping: { event: { ...mapping.event, tenant, data } } });
      await bench.send([{ value: record(1), headers: { tenant: "acme" } }]);
      world.process();
      await until("it is an event", () => world.accepted.size === 1);
      const [event] = world.accepted.values();
      expect(event).toMatchObject({
        tenant: "acme",
        data: bench.meta.expected === undefined ? {} : { from: bench.meta.expected },
      });
    });

    test("what cannot be read is told once, and read again when it is there", async () => {
      const { bench, world } = await start();
      await bench.remove();
      world.process();
      await until("it is told", () => world.told.includes(`${key} unreadable`));
      await bench.create();
      await bench.send(records([1]));
      await until("it is an event", () => world.accepted.size === 1);
      expect(world.told.filter((what) => what === `${key} unreadable`)).toHaveLength(1);
      expect(world.told).toContain(`${key} readable`);
    });
  });
}
