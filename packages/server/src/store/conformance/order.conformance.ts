import { describe, expect, test } from "vitest";
import { eventPlace, messageMark, type OrderMark } from "../../domain/order.ts";
import { SeededRandom } from "../../lib/seeded-random.ts";
import type { NewEvent } from "../../ports/store/ingest.ts";
import type { NewMessage } from "../../ports/store/orchestrate.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";
import type { MessageFields } from "./rows.conformance.ts";

const seed = Number(process.env["TIDINGS_TEST_SEED"] ?? Date.now() % 2 ** 31);
const laterMs = 1_000_000;

/** An event of an ordering key of this corner's, which stands in no other. */
export function orderedEvent(
  corner: Corner,
  over: Partial<NewEvent> = {},
  name = "k",
): NewEvent & { order: OrderMark } {
  const event = corner.event(over);
  return {
    ...event,
    order: { key: `${name} ${corner.at}`, place: eventPlace(event.id, event.receivedAt, event.dueAt) },
  };
}

/** A message of it. */
export function orderedMessage(
  corner: Corner,
  event: { id: string; order: OrderMark },
  over: MessageFields = {},
): NewMessage {
  const message = corner.message({ eventId: event.id, ...over });
  return { ...message, order: messageMark(event.order, message.id) };
}

export function orderConformance(open: OpenCorner): void {
  const accepted = async (corner: Corner, over: Partial<NewEvent> = {}, name?: string) => {
    const event = orderedEvent(corner, over, name);
    await corner.store.acceptEvents({ events: [event] });
    return event;
  };
  /** A message of an event of its own, which is done with it. */
  const queued = async (corner: Corner, over: MessageFields = {}, name?: string): Promise<NewMessage> => {
    const event = await accepted(corner, {}, name);
    const message = orderedMessage(corner, event, over);
    await corner.store.commitEvents({ turns: [corner.turn(event, { messages: [message] })] });
    return message;
  };
  const due = (corner: Corner, now = corner.at) => corner.dueMessages({ now });

  describe("a message of an ordering key", () => {
    test("starts once those in front of it are sent, and is due at once then", async () => {
      const corner = await open();
      const [first, second, third] = [await queued(corner), await queued(corner), await queued(corner)];
      expect(await corner.start(second)).toBe("behind");
      expect(await corner.start(third)).toBe("behind");
      expect(await corner.row(second)).toMatchObject({ state: "queued", reason: "behind", attempts: [] });
      expect(await due(corner)).toEqual([first.id]);
      expect(await corner.start(first)).toBe("started");
      expect(await corner.start(second)).toBe("behind");
      await corner.record(first);
      expect(await corner.row(second)).toMatchObject({ state: "queued", reason: "" });
      expect(await due(corner, corner.at + 50)).toEqual([second.id]);
      expect(await corner.start(third)).toBe("behind");
      expect(await corner.start(second)).toBe("started");
    });

    test("waits while one in front of it is to be tried again, or put off", async () => {
      const corner = await open();
      const first = await queued(corner);
      const second = await queued(corner);
      await corner.start(first);
      await corner.record(first, { outcome: "rejected", after: { state: "queued", dueAt: corner.at + laterMs } });
      expect(await corner.start(second)).toBe("behind");
      expect(await due(corner)).toEqual([]);
      expect(await corner.start(first, { number: 2, at: corner.at + laterMs })).toBe("started");
    });

    test.each<[string, (corner: Corner, first: NewMessage) => Promise<unknown>]>([
      ["sent", async (corner, first) => corner.record(first)],
      [
        "refused",
        (corner, first) => corner.record(first, { outcome: "rejected", after: { state: "failed", reason: "r" } }),
      ],
      [
        "unknown",
        (corner, first) => corner.record(first, { outcome: "unknown", after: { state: "unknown", reason: "r" } }),
      ],
      [
        "dead",
        (corner, first) =>
          corner.record(first, { outcome: "rejected", after: { state: "dead", reason: "r", detail: "d" } }),
      ],
      [
        "expired",
        (corner, first) => corner.record(first, { outcome: "rejected", after: { state: "expired", reason: "r" } }),
      ],
      [
        "delivered by a report",
        (corner, first) =>
          corner.store.recordFeedback({ reports: [corner.report(first, { at: corner.at })], now: corner.at }),
      ],
    ])("is let go by one that is %s", async (_, end) => {
      const corner = await open();
      const [first, second] = [await queued(corner), await queued(corner)];
      await corner.start(first);
      expect(await corner.start(second)).toBe("behind");
      await end(corner, first);
      expect(await due(corner, corner.at + 50)).toEqual([second.id]);
      expect(await corner.start(second)).toBe("started");
    });

    test("is let go by one that ends without an attempt: canceled, expired, suppressed, failed in its template", async () => {
      const corner = await open();
      const { environmentId, at } = corner;
      const event = await accepted(corner, { cancellationHash: `cancel ${at}` });
      const canceled = orderedMessage(corner, event);
      await corner.store.commitEvents({ turns: [corner.turn(event, { messages: [canceled] })] });
      const expired = await queued(corner, { expiresAt: at });
      const suppressed = await queued(corner, { addressHash: `gone ${at}` });
      const failed = await queued(corner);
      const last = await queued(corner);
      await corner.store.recordFeedback({
        reports: [corner.report(await corner.sending({ addressHash: `gone ${at}` }), { kind: "complained" })],
        now: at,
      });
      for (const message of [expired, failed, last])
        if (message !== expired) expect(await corner.start(message)).toBe("behind");
      await corner.store.cancelEvents({ environmentId, cancellationHash: `cancel ${at}`, now: at });
      expect(await corner.start(expired)).toBe("expired");
      expect(await corner.start(suppressed)).toBe("suppressed");
      expect(await due(corner)).toContain(failed.id);
      const after = { state: "dead", reason: "template_failed", detail: "" } as const;
      const settlement = { environmentId, messageId: failed.id, attempts: 0, at, after };
      await corner.store.settleMessages({ settlements: [settlement] });
      expect(await due(corner)).toContain(last.id);
      expect(await corner.start(last)).toBe("started");
    });

    test("overtakes nobody who waits for time, but what is of another key, recipient or channel overtakes it", async () => {
      const corner = await open();
      await queued(corner, { dueAt: corner.at + laterMs });
      expect(await corner.start(await queued(corner))).toBe("behind");
      expect(await corner.start(await queued(corner, { recipient: "u2" }))).toBe("started");
      expect(await corner.start(await queued(corner, { channel: "sms" }))).toBe("started");
      expect(await corner.start(await queued(corner, {}, "other"))).toBe("started");
      expect(await corner.start(await corner.queued())).toBe("started");
    });

    test("goes with others of its own step, to other addresses", async () => {
      const corner = await open();
      const event = await accepted(corner);
      const one = orderedMessage(corner, event, { addressHash: "a" });
      const order = one.order;
      const other = { ...orderedMessage(corner, event, { addressHash: "b" }), order };
      await corner.store.commitEvents({ turns: [corner.turn(event, { messages: [one, other] })] });
      expect([await corner.start(one), await corner.start(other)]).toEqual(["started", "started"]);
    });

    test("waits for an event in front of it that is not done, and for a part of one", async () => {
      const corner = await open();
      const event = await accepted(corner);
      const message = await queued(corner);
      expect(await corner.start(message)).toBe("behind");
      expect(await due(corner, corner.at + 1000)).toContain(message.id);
      await corner.store.commitEvents({ turns: [corner.turn(event, { otherLanes: ["marketing"] })] });
      expect(await corner.start(message)).toBe("behind");
      const part = corner.turn(event, { lane: "marketing", continuation: true });
      await corner.store.commitEvents({ turns: [part] });
      expect(await corner.start(message)).toBe("started");
    });

    test("does not wait for an event in front of it that died or was canceled", async () => {
      const corner = await open();
      const { environmentId, at } = corner;
      const [dead] = [await accepted(corner), await accepted(corner, { cancellationHash: `c ${at}` })];
      const message = await queued(corner);
      const progress = { kind: "dead", reason: "r", detail: "d" } as const;
      await corner.store.commitEvents({ turns: [corner.turn(dead, { progress })] });
      await corner.store.cancelEvents({ environmentId, cancellationHash: `c ${at}`, now: at });
      expect(await corner.start(message)).toBe("started");
    });

    test("waits for a run of an earlier event, of its recipient, until that is over", async () => {
      const corner = await open();
      const event = await accepted(corner);
      const run = corner.run({ eventId: event.id, order: event.order, dueAt: corner.at + laterMs });
      const own = orderedMessage(corner, event);
      await corner.store.commitEvents({ turns: [corner.turn(event, { runs: [run], messages: [own] })] });
      const message = await queued(corner);
      expect(await corner.start(await queued(corner, { recipient: "u2" }))).toBe("started");
      expect(await corner.start(own)).toBe("started");
      await corner.record(own);
      expect(await corner.start(message)).toBe("behind");
      expect(await due(corner, corner.at + laterMs - 1)).not.toContain(message.id);
      const late = orderedMessage(corner, event, { runId: run.id });
      await corner.store.commitRuns({ turns: [corner.runTurn(run, { messages: [late] })] });
      expect(await corner.start(message, { at: corner.at + laterMs })).toBe("behind");
      expect(await corner.start(late)).toBe("started");
      await corner.record(late);
      expect(await corner.start(message)).toBe("started");
    });

    test("is looked at again soon behind a run that waits for an event, which may go on before its time", async () => {
      const corner = await open();
      const event = await accepted(corner);
      const awaited = { keyHash: "k", since: corner.at };
      const run = corner.run({ eventId: event.id, order: event.order, dueAt: corner.at + laterMs, awaited });
      await corner.store.commitEvents({ turns: [corner.turn(event, { runs: [run] })] });
      const message = await queued(corner);
      expect(await corner.start(message)).toBe("behind");
      await corner.store.commitRuns({ turns: [corner.runTurn(run, { arrivedEventId: null })] });
      expect(await due(corner, corner.at + 299_999)).not.toContain(message.id);
      expect(await due(corner, corner.at + 300_000)).toContain(message.id);
      expect(await corner.start(message, { at: corner.at + 300_000 })).toBe("started");
    });

    test("that comes with a call waits behind others, written with it or before", async () => {
      const corner = await open();
      const recipient = await corner.store.putRecipient({ recipient: corner.recipient() });
      const reads = [{ id: recipient.id, version: recipient.version, wrappedKey: recipient.wrappedKey }];
      const nothing = { dedupe: [], throttles: [], joins: [], runs: [], decisions: [] };
      const made = times(3, () => {
        const event = orderedEvent(corner);
        const message = { ...orderedMessage(corner, event), start: corner.call() };
        return { message, event: { ...event, turn: { ...nothing, now: corner.at, reads, messages: [message] } } };
      });
      const accepts = await corner.store.acceptEvents({ events: made.map(({ event }) => event) });
      const held = accepts.map((accept) => (accept.status === "accepted" ? accept.turn?.held : undefined));
      const behind = (index: number) => [{ id: made[index]?.message.id, status: "behind" }];
      expect(held).toEqual([[], behind(1), behind(2)]);
      const [first, second, third] = made.map(({ message }) => message);
      if (first === undefined || second === undefined || third === undefined) throw new RangeError("three messages");
      expect(await corner.row(first)).toMatchObject({ state: "sending" });
      expect(await corner.row(third)).toMatchObject({ state: "queued", reason: "behind", attempts: [] });
      await corner.record(first);
      expect(await due(corner, corner.at + 50)).toContain(second.id);
      expect(await due(corner, corner.at + 50)).not.toContain(third.id);
    });

    test("has its place when its time comes, where its event is scheduled", async () => {
      const corner = await open();
      const scheduled = await accepted(corner, { dueAt: corner.at + laterMs });
      const message = await queued(corner);
      expect(await corner.start(message)).toBe("started");
      const late = { ...orderedMessage(corner, scheduled), order: messageMark(scheduled.order, scheduled.id) };
      await corner.store.commitEvents({ turns: [corner.turn(scheduled, { messages: [late] })] });
      expect(await corner.start(late, { at: corner.at + laterMs })).toBe("behind");
      await corner.record(message);
      expect(await corner.start(late, { at: corner.at + laterMs })).toBe("started");
    });

    test("starts in order whoever writes, starts and ends, and all of them end", async () => {
      console.log(`order: seed ${seed}`);
      const corner = await open();
      const random = new SeededRandom(seed);
      const lines = times(4, (index) => ({ recipient: `u${index % 2}`, name: `k${index >> 1}` }));
      const events = times(40, (index) => {
        const { recipient, name } = lines[random.int(lines.length)] ?? { recipient: "u0", name: "k0" };
        const event = orderedEvent(corner, {}, name);
        return { event, index, message: orderedMessage(corner, event, { recipient }) };
      });
      const started: string[] = [];
      await corner.store.acceptEvents({ events: events.map(({ event }) => event) });
      const work = async () => {
        for (let round = 0; round < 400 && started.length < events.length; round += 1) {
          const { event, message } = events[random.int(events.length)] ?? {};
          if (event === undefined || message === undefined) continue;
          await corner.store.commitEvents({ turns: [corner.turn(event, { messages: [message] })] });
          const open = events.filter(({ message: { id } }) => !started.includes(id));
          const one = open[random.int(Math.min(4, open.length))]?.message;
          if (one === undefined || (await corner.start(one)) !== "started") continue;
          started.push(one.id);
          await corner.record(
            one,
            random.chance(0.5) ? {} : { after: { state: "failed", reason: "r" }, outcome: "rejected" },
          );
        }
      };
      await Promise.all(times(4, work));
      expect(started).toHaveLength(events.length);
      for (const { recipient, name } of lines) {
        const own = events.filter((one) => one.message.recipient === recipient && one.event.order.key.startsWith(name));
        const places = own.map(({ message: { id } }) => started.indexOf(id));
        expect(places).toEqual(places.toSorted((a, b) => a - b));
      }
    });
  });
}
