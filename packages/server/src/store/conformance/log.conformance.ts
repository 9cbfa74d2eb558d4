import { describe, expect, test } from "vitest";
import type { MessageQuery, MessageRow } from "../../ports/store/log.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";

export function logConformance(open: OpenCorner): void {
  /** Follows the cursor to the end. */
  const listAll = async (corner: Corner, query: Partial<MessageQuery> = {}): Promise<MessageRow[]> => {
    const found: MessageRow[] = [];
    let before: string | undefined = "";
    while (before !== undefined) {
      const page = await corner.store.listMessages({ environmentId: corner.environmentId, before, limit: 3, ...query });
      expect(page.items.length).toBeLessThanOrEqual(query.limit ?? 3);
      found.push(...page.items);
      expect(page.next === undefined || before === "" || page.next < before).toBe(true);
      before = page.next;
    }
    return found;
  };
  const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

  describe("the log", () => {
    test("lists messages newest first, in pages that leave nothing out and repeat nothing", async () => {
      const corner = await open();
      const messages = await corner.queuedAll(times(10, () => ({})));
      expect(idsOf(await listAll(corner))).toEqual(idsOf(messages).toReversed());
      expect(idsOf(await listAll(corner, { limit: 100 }))).toEqual(idsOf(messages).toReversed());
    });

    test("lists by state, channel, recipient and event", async () => {
      const corner = await open();
      const [mail, sms] = await corner.queuedAll([{ recipient: "a" }, { channel: "sms", recipient: "b" }]);
      const sent = await corner.sending({ recipient: "a" });
      await corner.record(sent);
      if (mail === undefined || sms === undefined) throw new RangeError("two messages");
      expect(idsOf(await listAll(corner, { state: "sent" }))).toEqual([sent.id]);
      expect(idsOf(await listAll(corner, { channel: "sms" }))).toEqual([sms.id]);
      expect(idsOf(await listAll(corner, { recipient: "a" }))).toEqual([sent.id, mail.id]);
      expect(idsOf(await listAll(corner, { eventId: mail.eventId }))).toEqual([sms.id, mail.id]);
      expect(
        idsOf(await listAll(corner, { eventId: mail.eventId, recipient: "a", state: "queued", channel: "email" })),
      ).toEqual([mail.id]);
      expect(await listAll(corner, { eventId: corner.id() })).toEqual([]);
    });

    test("lists an event to many in pages that leave nothing out, side by side or among messages of others", async () => {
      const corner = await open();
      const [crowd, other] = [await corner.accepted(), await corner.accepted()];
      const made = times(600, (index) => {
        const isDense = index >= 150 && index < 400;
        const of = isDense || index % 60 === 0 ? crowd : other;
        return corner.message({ eventId: of.id, recipient: index % 7 === 0 ? "seventh" : "u" });
      });
      for (const event of [crowd, other]) {
        const messages = made.filter(({ eventId }) => eventId === event.id);
        await corner.store.commitEvents({ turns: [corner.turn(event, { messages })] });
        for (const limit of [7, 50, 1000])
          expect(idsOf(await listAll(corner, { eventId: event.id, limit }))).toEqual(idsOf(messages).toReversed());
        const sevenths = messages.filter(({ recipient }) => recipient === "seventh");
        for (const limit of [3, 50])
          expect(idsOf(await listAll(corner, { eventId: event.id, recipient: "seventh", limit }))).toEqual(
            idsOf(sevenths).toReversed(),
          );
      }
    });

    test("shows of an event a bounded number of rows, and says that there are more", async () => {
      const corner = await open();
      const event = await corner.accepted();
      const of = { eventId: event.id };
      const turn = {
        messages: times(5, () => corner.message(of)),
        runs: times(2, () => corner.run(of)),
        decisions: times(3, (index) => corner.decision({ ...of, detail: String(index) })),
      };
      await corner.store.commitEvents({ turns: [corner.turn(event, turn)] });
      const get = (limit: number) =>
        corner.store.getEvent({ environmentId: corner.environmentId, id: event.id, limit });
      expect(await get(5)).toMatchObject({ truncated: false });
      const short = await get(2);
      expect(short?.truncated).toBe(true);
      expect([short?.messages.length, short?.runs.length, short?.decisions.length]).toEqual([2, 2, 2]);
      expect((await get(5))?.decisions.map(({ detail }) => detail)).toEqual(["0", "1", "2"]);
    });

    test("shows nothing of another environment, by whatever id or filter it is asked", async () => {
      const corner = await open();
      const { store, environmentId } = corner;
      const foreign = await corner.queued({ environmentId: corner.otherEnvironmentId, recipient: "foreign" });
      await corner.queued({ recipient: "own" });
      expect(await store.getMessage({ environmentId, id: foreign.id })).toBeUndefined();
      expect(await store.getEvent({ environmentId, id: foreign.eventId, limit: 10 })).toBeUndefined();
      expect(await listAll(corner, { eventId: foreign.eventId })).toEqual([]);
      expect(await listAll(corner, { recipient: "foreign" })).toEqual([]);
      expect((await listAll(corner)).map(({ recipient }) => recipient)).toEqual(["own"]);
      expect((await store.getMessage({ environmentId: corner.otherEnvironmentId, id: foreign.id }))?.id).toBe(
        foreign.id,
      );
    });
  });

  describe("maintenance", () => {
    const mail = (corner: Corner, index: number, environmentId = corner.environmentId) => ({
      id: `m${String(index).padStart(4, "0")}`,
      environmentId,
      at: corner.at + index,
      sealed: `sealed ${index}`,
    });

    test("the mailbox keeps the newest up to its bound, per environment, each mail once", async () => {
      const corner = await open();
      const { store, environmentId, otherEnvironmentId } = corner;
      await store.appendMail({ mails: [mail(corner, 1, otherEnvironmentId)], keep: 3 });
      await store.appendMail({ mails: [...times(8, (index) => mail(corner, index)), mail(corner, 7)], keep: 3 });
      expect((await store.listMail({ environmentId, limit: 100 })).map(({ id }) => id)).toEqual([
        "m0007",
        "m0006",
        "m0005",
      ]);
      expect(await store.listMail({ environmentId, limit: 1 })).toEqual([mail(corner, 7)]);
      expect(await store.findMail({ environmentId, id: "m0006" })).toEqual(mail(corner, 6));
      expect(await store.findMail({ environmentId, id: "m0001" })).toBeUndefined();
      expect(await store.findMail({ environmentId: otherEnvironmentId, id: "m0006" })).toBeUndefined();
      expect(await store.listMail({ environmentId: otherEnvironmentId, limit: 100 })).toHaveLength(1);
    });

    test("a purge deletes keys and claims that have run out, a bounded number, and none that hold", async () => {
      const corner = await open();
      const purge = (now: number, limit: number) => corner.store.purgeExpiredKeys({ now, limit });
      // What others have left in the same store goes first.
      let left = 1;
      while (left > 0) left = await purge(corner.at + 10_000, 1000);
      const idempotency = (keyHash: string, lifeMs: number) => ({
        keyHash,
        bodyHash: "b",
        expiresAt: corner.at + lifeMs,
      });
      const events = times(5, (index) =>
        corner.event({ idempotency: idempotency(`k${index}`, index < 3 ? 1000 : 2000) }),
      );
      await corner.store.acceptEvents({ events });
      const claim = (hash: string, lifeMs: number) => ({
        environmentId: corner.environmentId,
        hash,
        runId: corner.id(),
        now: corner.at,
        expiresAt: corner.at + lifeMs,
        decision: corner.decision(),
      });
      const [event] = events;
      if (event === undefined) throw new RangeError("an event");
      await corner.store.commitEvents({
        turns: [corner.turn(event, { dedupe: [claim("a", 1000), claim("b", 2000)] })],
      });
      expect(await purge(corner.at + 999, 100)).toBe(0);
      expect(await purge(corner.at + 1000, 2)).toBe(3);
      expect(await purge(corner.at + 1000, 100)).toBe(1);
      const again = corner.event({ receivedAt: corner.at + 1500, idempotency: idempotency("k4", 9000) });
      expect(await corner.store.acceptEvents({ events: [again] })).toMatchObject([{ status: "duplicate" }]);
      expect(await purge(corner.at + 2000, 100)).toBe(3);
    });

    test("queue depths tell due work by queue, lane and channel, its age, up to a bound", async () => {
      const corner = await open();
      await corner.accepted({ lane: "critical", dueAt: corner.at - 5 });
      await corner.accepted({ lane: "critical", dueAt: corner.at + 5 });
      const event = await corner.accepted({ lane: "transactional" });
      await corner.store.commitEvents({ turns: [corner.turn(event, { otherLanes: ["critical"] })] });
      await corner.waiting({ lane: "marketing" });
      await corner.queuedAll(times(4, (index) => ({ channel: "sms", dueAt: corner.at - index })));
      await corner.sending({ channel: "sms" });
      const depths = await corner.store.queueDepths({ now: corner.at, countMax: 3 });
      const busy = depths.filter(({ due }) => due > 0);
      expect(new Set(busy)).toEqual(
        new Set([
          { queue: "events", lane: "critical", channel: undefined, due: 2, oldestDueAt: corner.at - 5 },
          { queue: "runs", lane: "marketing", channel: undefined, due: 1, oldestDueAt: corner.at },
          { queue: "delivery", lane: "transactional", channel: "sms", due: 3, oldestDueAt: expect.any(Number) },
        ]),
      );
      expect(depths.filter(({ due }) => due === 0).every(({ oldestDueAt }) => oldestDueAt === undefined)).toBe(true);
    });
  });
}
