import { describe, expect, test } from "vitest";
import { SeededRandom } from "../../lib/seeded-random.ts";
import type { HeldMessage, NewMessage } from "../../ports/store/orchestrate.ts";
import { claimOf } from "./attention.conformance.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";
import type { MessageFields } from "./rows.conformance.ts";

const seed = Number(process.env["TIDINGS_TEST_SEED"] ?? Date.now() % 2 ** 31);

export function collapseConformance(open: OpenCorner): void {
  /** A hash of this corner's: the index of them knows no environments. */
  const hashOf = (corner: Corner, name = "k") => `${name} ${corner.at}`;
  const written = async (corner: Corner, messages: readonly NewMessage[]): Promise<HeldMessage[]> => {
    const { environmentId, at: receivedAt } = corner;
    const turns = [];
    for (const message of messages) {
      const event = corner.event({ id: message.eventId, environmentId, receivedAt });
      await corner.store.acceptEvents({ events: [event] });
      turns.push(corner.turn(event, { messages: [message] }));
    }
    const results = await corner.store.commitEvents({ turns });
    return results.flatMap((result) => (result.status === "committed" ? [...result.held] : []));
  };
  /** Messages of an event each, in the order in which those came in. */
  const made = (corner: Corner, overs: readonly MessageFields[]): NewMessage[] =>
    overs.map((over) => corner.message({ eventId: corner.id(), collapseHash: hashOf(corner), ...over }));
  const oneOf = (messages: readonly NewMessage[], index = 0): NewMessage => {
    const message = messages[index];
    if (message === undefined) throw new RangeError(`no message ${index}`);
    return message;
  };
  const stateOf = async (corner: Corner, message: NewMessage) => {
    const { state, reason, dueAt, decisions } = await corner.row(message);
    return { state, reason, dueAt, decisions: JSON.parse(decisions) };
  };
  const by = ({ id }: NewMessage, at: number) => ({ outcome: "canceled", reason: "superseded", detail: id, at });

  describe("a message with a collapse key", () => {
    test("takes the place of an older one that waits, which ends as canceled and says which it was", async () => {
      const corner = await open();
      const [older, newer] = made(corner, [{ decisions: '[{"outcome":"send"}]' }, {}]);
      if (older === undefined || newer === undefined) throw new RangeError("two messages");
      await written(corner, [older]);
      expect(await written(corner, [newer])).toEqual([]);
      expect(await stateOf(corner, older)).toEqual({
        state: "canceled",
        reason: "superseded",
        dueAt: null,
        decisions: [{ outcome: "send" }, by(newer, corner.at)],
      });
      expect(await corner.dueMessages()).toEqual([newer.id]);
      expect(await corner.start(older)).toBe("lost");
      expect(await corner.start(newer)).toBe("started");
    });

    test("takes the place of one that is put off until later, and of one that is to be tried again", async () => {
      const corner = await open();
      const messages = made(corner, [{ dueAt: corner.at + 3_600_000 }, { collapseHash: hashOf(corner, "retried") }]);
      await written(corner, messages);
      const retried = oneOf(messages, 1);
      await corner.start(retried);
      const outcome = { outcome: "rejected", after: { state: "queued", dueAt: corner.at + 60_000 } } as const;
      await corner.record(retried, outcome);
      await written(corner, made(corner, [{}, { collapseHash: hashOf(corner, "retried") }]));
      for (const message of messages)
        expect(await stateOf(corner, message)).toMatchObject({ state: "canceled", reason: "superseded" });
    });

    test("leaves one alone that is under way, which is not tried again", async () => {
      const corner = await open();
      const [older, newer] = made(corner, [{}, {}]);
      if (older === undefined || newer === undefined) throw new RangeError("two messages");
      await written(corner, [older]);
      await corner.start(older);
      await written(corner, [newer]);
      expect(await stateOf(corner, older)).toMatchObject({ state: "sending", reason: "" });
      const dueAt = corner.at + 1000;
      await corner.record(older, { outcome: "rejected", after: { state: "queued", dueAt } });
      expect(await corner.start(older, { number: 2, at: dueAt })).toBe("superseded");
      expect(await stateOf(corner, older)).toMatchObject({ state: "canceled", reason: "superseded", dueAt: null });
      expect(await corner.start(newer)).toBe("started");
    });

    test("is written as canceled where a newer one is there already, whatever became of that", async () => {
      const corner = await open();
      const messages = made(corner, [{}, { start: corner.call() }, {}]);
      const newest = oneOf(messages, 2);
      await written(corner, [newest]);
      await corner.start(newest);
      await corner.record(newest);
      for (const late of messages.slice(0, 2)) {
        expect(await written(corner, [late])).toEqual([{ id: late.id, status: "superseded" }]);
        expect(await stateOf(corner, late)).toMatchObject({
          state: "canceled",
          reason: "superseded",
          decisions: [by(newest, corner.at)],
        });
      }
      expect(await stateOf(corner, newest)).toMatchObject({ state: "sent" });
      expect(await corner.dueMessages()).toEqual([]);
    });

    test("of several in one call only the newest waits, in whatever order they come", async () => {
      const corner = await open();
      const messages = made(corner, [{}, {}, {}]);
      const [first, second, third] = [oneOf(messages, 0), oneOf(messages, 1), oneOf(messages, 2)];
      const held = await written(corner, [second, third, first]);
      const ids = held.map(({ id }) => id);
      const gone = new Set(ids);
      for (const message of [first, second])
        if (!gone.has(message.id)) expect(await stateOf(corner, message)).toMatchObject({ reason: "superseded" });
      expect(await corner.dueMessages()).toEqual([third.id]);
      for (const message of [first, second])
        expect(await stateOf(corner, message)).toMatchObject({ state: "canceled", reason: "superseded" });
    });

    test("of another hash, or without one, changes nothing", async () => {
      const corner = await open();
      const messages = made(corner, [{}, { collapseHash: hashOf(corner, "other") }, { collapseHash: undefined }]);
      await written(corner, messages);
      expect(await corner.dueMessages()).toHaveLength(3);
    });

    test("has the place of the older one among what its recipient's caps leave", async () => {
      const corner = await open();
      const claim = claimOf({ limit: 1 });
      const messages = made(corner, [{ claim }, { claim }, { claim, collapseHash: hashOf(corner, "other") }]);
      await written(corner, [oneOf(messages, 0)]);
      expect(await written(corner, [oneOf(messages, 1)])).toEqual([]);
      expect(await corner.dueMessages()).toEqual([oneOf(messages, 1).id]);
      expect(await written(corner, [oneOf(messages, 2)])).toEqual([{ id: oneOf(messages, 2).id, status: "dropped" }]);
    });

    test("gives back the place of the older one also where there is room for both", async () => {
      const corner = await open();
      const claim = claimOf({ limit: 2 });
      const other = { claim, collapseHash: undefined };
      const messages = made(corner, [{ claim }, { claim }, other, other]);
      const held = [];
      for (const message of messages) held.push(...(await written(corner, [message])));
      expect(held).toEqual([{ id: oneOf(messages, 3).id, status: "dropped" }]);
    });

    test("takes no place where even so its recipient's caps leave none", async () => {
      const corner = await open();
      const claim = claimOf({ limit: 1 });
      const others = made(corner, [{ claim, collapseHash: undefined }]);
      const messages = made(corner, [{}, { claim }]);
      await written(corner, [oneOf(others), oneOf(messages, 0)]);
      expect(await written(corner, [oneOf(messages, 1)])).toEqual([{ id: oneOf(messages, 1).id, status: "dropped" }]);
      expect(await stateOf(corner, oneOf(messages, 0))).toMatchObject({ state: "queued" });
    });

    test("is told to endpoints, and counted, as what was canceled", async () => {
      const corner = await open();
      const webhook = await corner.webhook();
      const messages = made(corner, [{}, {}, {}]);
      await written(corner, [oneOf(messages, 1)]);
      await written(corner, [oneOf(messages, 2)]);
      await written(corner, [oneOf(messages, 0)]);
      const { environmentId, store } = corner;
      const of = { environmentId, webhookId: webhook.id, state: undefined, type: undefined, before: "", limit: 100 };
      const { items } = await store.listWebhookDeliveries(of);
      expect(items.map(({ type, messageId }) => `${type} ${messageId}`).sort()).toEqual(
        [0, 1].map((index) => `message.canceled ${oneOf(messages, index).id}`).sort(),
      );
      const fromMinute = Math.floor(corner.at / 60_000);
      const sums = await store.recentSums({ fromMinute, toMinute: fromMinute + 1 });
      const email = sums.filter(({ channel }) => channel === "email");
      expect(new Map(email.map(({ metric, value }) => [metric, value]))).toEqual(
        new Map([
          ["queued", 3],
          ["canceled", 2],
        ]),
      );
    });

    test("leaves one of each key to go out, the newest, whoever writes and starts meanwhile", async () => {
      console.log(`collapse: seed ${seed}`);
      const corner = await open();
      const random = new SeededRandom(seed);
      const messages = made(
        corner,
        times(60, (index) => ({ collapseHash: hashOf(corner, `k${index % 3}`) })),
      );
      const shuffled = messages.toSorted((a, b) => hashText(a.id, seed) - hashText(b.id, seed));
      const started = new Map<string, string>();
      const calls = [];
      for (let from = 0; from < shuffled.length; from += 4) {
        const some = shuffled.slice(from, from + 4);
        calls.push(
          written(corner, some).then(async () => {
            const one = some[random.int(some.length)];
            if (one !== undefined) started.set(one.id, await corner.start(one));
          }),
        );
      }
      await Promise.all(calls);
      for (let key = 0; key < 3; key += 1) {
        const own = messages.filter(({ collapseHash }) => collapseHash === hashOf(corner, `k${key}`));
        const rows = await Promise.all(own.map((message) => corner.row(message)));
        expect(rows.at(-1)).toMatchObject({ state: expect.stringMatching(/queued|sending/) });
        const others = rows.slice(0, -1).map(({ id, state, reason }) => ({ id, state, reason }));
        for (const { id, state, reason } of others)
          expect([state, reason]).toEqual(started.get(id) === "started" ? ["sending", ""] : ["canceled", "superseded"]);
      }
    });
  });
}

/** A place in an order that differs with `by`. */
function hashText(text: string, by: number): number {
  let sum = by;
  for (const char of text) sum = (sum * 31 + char.charCodeAt(0)) % 1_000_003;
  return sum;
}
