import { describe, expect, test } from "vitest";
import type { PauseName } from "../../domain/pause.ts";
import type { NewMessage } from "../../ports/store/orchestrate.ts";
import type { PauseRow, Released } from "../../ports/store/pauses.ts";
import { type Corner, type OpenCorner, times } from "./corner.conformance.ts";

const marketing: PauseName = { kind: "lane", key: "marketing", tenant: "" };
const forever = 253_402_300_799_000;

export function pausesConformance(open: OpenCorner): void {
  const begin = async (corner: Corner, over: Partial<Parameters<Corner["store"]["putPause"]>[0]> = {}) => {
    const { environmentId, at: now } = corner;
    const input = {
      ...marketing,
      environmentId,
      id: corner.id(),
      reason: "",
      until: null,
      now,
      pausesMax: 10,
      ...over,
    };
    const row = await corner.store.putPause(input);
    if (row === undefined) throw new RangeError("there are too many pauses");
    return row;
  };
  const end = ({ store, environmentId, at }: Corner, name: PauseName = marketing, now = at + 10) =>
    store.endPause({ environmentId, ...name, now });
  const hold = async ({ store, at }: Corner, message: NewMessage, pause: PauseRow, over: object = {}) => {
    const { environmentId } = pause;
    const row = { environmentId, messageId: message.id, attempts: 0, pauseId: pause.id, at, ...over };
    return (await store.holdMessages({ holds: [row], lane: message.origin.lane }))[0];
  };
  /** Lets go until nothing is left; gives what each call did. */
  const release = async ({ store, at }: Corner, limit = 100, now = at + 20): Promise<Released[]> => {
    const calls: Released[] = [];
    do calls.push(await store.releaseHeld({ now, limit }));
    while (calls.at(-1)?.isLeft === true);
    return calls;
  };
  const held = ({ store }: Corner, { id: pauseId }: PauseRow, countMax = 100) => store.countHeld({ pauseId, countMax });
  const listed = async ({ store, environmentId }: Corner) =>
    (await store.listPauses({ environmentId })).map(({ kind, key, tenant, endedAt }) =>
      [kind, key, tenant, endedAt === null ? "" : "ended"].filter((part) => part !== "").join(" "),
    );

  describe("a pause", () => {
    test("is in force until it is ended, once per name and environment, and tells each change in order", async () => {
      const corner = await open();
      const { store, environmentId, otherEnvironmentId, at } = corner;
      const first = await begin(corner, { reason: "wrong price", until: at + 1000 });
      expect(first).toMatchObject({
        ...marketing,
        environmentId,
        reason: "wrong price",
        createdAt: at,
        until: at + 1000,
        endedAt: null,
        releasedAt: null,
      });
      const again = await begin(corner, { reason: "still", now: at + 5 });
      expect(again).toMatchObject({ id: first.id, reason: "still", createdAt: at, until: null });
      expect(again.sequence).toBeGreaterThan(first.sequence);
      await begin(corner, { tenant: "acme" });
      await begin(corner, { environmentId: otherEnvironmentId });
      expect(await listed(corner)).toEqual(["lane marketing", "lane marketing acme"]);
      const ended = await end(corner);
      expect(ended).toMatchObject({ id: first.id, endedAt: at + 10 });
      expect(await end(corner)).toBeUndefined();
      const since = await store.pausesSince({ sequence: first.sequence, limit: 100 });
      expect(since.map(({ sequence }) => sequence)).toEqual(
        since.map(({ sequence }) => sequence).toSorted((a, b) => a - b),
      );
      expect(since.at(-1)).toEqual(ended);
      expect(await store.pausesSince({ sequence: first.sequence, limit: 1 })).toHaveLength(1);
      await release(corner);
      expect(await listed(corner)).toEqual(["lane marketing acme"]);
      expect((await store.pausesSince({ sequence: ended?.sequence ?? 0, limit: 100 })).at(-1)).toMatchObject({
        id: first.id,
        releasedAt: at + 20,
      });
      const anew = await begin(corner);
      expect(anew.id).not.toBe(first.id);
    });

    test("is refused where an environment has as many as it may, and written again where it is one of them", async () => {
      const corner = await open();
      const { store, environmentId, at } = corner;
      await begin(corner, { pausesMax: 2 });
      await begin(corner, { pausesMax: 2, tenant: "acme" });
      const third = { ...marketing, environmentId, id: corner.id(), reason: "", until: null, now: at, pausesMax: 2 };
      expect(await store.putPause({ ...third, tenant: "other" })).toBeUndefined();
      expect(await listed(corner)).toEqual(["lane marketing", "lane marketing acme"]);
      expect(await store.putPause({ ...third, reason: "r" })).toMatchObject({ reason: "r" });
      await end(corner);
      expect(await store.putPause({ ...third, tenant: "other" })).toMatchObject({ tenant: "other" });
      await release(corner);
    });

    test("keeps messages, counts them up to a bound, and lets them go once it has ended, oldest first, a page at a time", async () => {
      const corner = await open();
      const { store, at } = corner;
      const pause = await begin(corner);
      const messages = await corner.queuedAll(times(5, (index) => ({ lane: "marketing" as const, dueAt: at + index })));
      for (const message of messages.toReversed()) expect(await hold(corner, message, pause)).toBe("held");
      const due = (now: number) => corner.dueMessages({ lane: "marketing", now });
      expect(await due(at + 1_000_000)).toEqual([]);
      const [first] = messages;
      if (first === undefined) throw new RangeError("a message");
      expect(await corner.row(first)).toMatchObject({ state: "queued", reason: "paused", dueAt: forever });
      expect([await held(corner, pause), await held(corner, pause, 3)]).toEqual([5, 3]);
      expect(await release(corner)).toEqual([{ count: 0, places: [], isLeft: false }]);
      await end(corner);
      expect(await listed(corner)).toEqual(["lane marketing ended"]);
      const page = await store.releaseHeld({ now: at + 20, limit: 2 });
      expect(page).toEqual({ count: 2, places: [{ lane: "marketing", channel: "email" }], isLeft: true });
      expect((await due(at + 20)).toSorted()).toEqual(
        messages
          .slice(0, 2)
          .map(({ id }) => id)
          .toSorted(),
      );
      expect(await due(at + 19)).toEqual([]);
      expect(await held(corner, pause)).toBe(3);
      const rest = await release(corner, 2, at + 30);
      expect(rest.reduce((sum, { count }) => sum + count, 0)).toBe(3);
      expect((await due(at + 30)).toSorted()).toEqual(messages.map(({ id }) => id).toSorted());
      expect(await corner.row(first)).toMatchObject({ state: "queued", reason: "", dueAt: at + 20 });
      expect([await held(corner, pause), await listed(corner)]).toEqual([0, []]);
      for (const message of messages) expect(await corner.start(message, { at: at + 30 })).toBe("started");
    });

    test("that has ended, or whose time is up, keeps nothing more: what was to be kept is due again in a moment", async () => {
      const corner = await open();
      const { at } = corner;
      const [ended, timed] = [await begin(corner), await begin(corner, { tenant: "acme", until: at + 5 })];
      await end(corner, marketing, at);
      const [one, other] = await corner.queuedAll(times(2, () => ({ lane: "marketing" as const })));
      if (one === undefined || other === undefined) throw new RangeError("two");
      expect(await hold(corner, one, ended)).toBe("over");
      expect(await hold(corner, other, timed, { at: at + 5 })).toBe("over");
      expect((await corner.row(one)).dueAt).toBe(at + 500);
      expect((await corner.row(other)).dueAt).toBe(at + 505);
      expect(await hold(corner, other, timed, { at: at + 4 })).toBe("held");
      const places = [{ lane: "marketing", channel: "email" }];
      expect((await release(corner, 100, at + 4)).every(({ count }) => count === 0)).toBe(true);
      // Nobody has ended it: its time is up.
      expect((await release(corner, 100, at + 6))[0]).toMatchObject({ count: 1, places });
      expect(await listed(corner)).toEqual([]);
    });

    test("keeps what is queued alone, and only if no attempt has begun meanwhile", async () => {
      const corner = await open();
      const pause = await begin(corner);
      const sending = await corner.sending({ lane: "marketing" });
      expect([await hold(corner, sending, pause), await hold(corner, sending, pause, { attempts: 1 })]).toEqual([
        "lost",
        "lost",
      ]);
      expect((await corner.row(sending)).state).toBe("sending");
      const retried = await corner.sending({ lane: "marketing" });
      await corner.record(retried, { outcome: "rejected", after: { state: "queued", dueAt: corner.at } });
      expect([await hold(corner, retried, pause), await hold(corner, retried, pause, { attempts: 1 })]).toEqual([
        "lost",
        "held",
      ]);
      expect(await held(corner, pause)).toBe(1);
    });

    test("lets a message expire that it keeps, whoever ends it then", async () => {
      const corner = await open();
      const { store, environmentId, at } = corner;
      const pause = await begin(corner);
      const message = await corner.queued({ lane: "marketing", expiresAt: at + 100 });
      expect(await hold(corner, message, pause)).toBe("held");
      expect(await corner.dueMessages({ lane: "marketing", now: at + 99 })).toEqual([]);
      expect(await corner.dueMessages({ lane: "marketing", now: at + 100 })).toEqual([message.id]);
      const after = { state: "expired", reason: "expired" } as const;
      await store.settleMessages({
        settlements: [{ environmentId, messageId: message.id, attempts: 0, at: at + 100, after }],
      });
      expect([await held(corner, pause), (await corner.row(message)).state]).toEqual([0, "expired"]);
      const other = await corner.queued({ lane: "marketing", expiresAt: at + 100 });
      await hold(corner, other, pause);
      expect(await corner.start(other, { at: at + 100 })).toBe("expired");
      expect(await held(corner, pause)).toBe(0);
    });

    test("keeps nothing of what is canceled, overtaken or put off meanwhile", async () => {
      const corner = await open();
      const { store, environmentId, at } = corner;
      const pause = await begin(corner);
      const event = await corner.accepted({ lane: "marketing", cancellationHash: `stop ${corner.at}` });
      const canceled = corner.message({ eventId: event.id, lane: "marketing" });
      await store.commitEvents({ turns: [corner.turn(event, { messages: [canceled] })] });
      const collapseHash = `k ${corner.at}`;
      const overtaken = await corner.queued({ lane: "marketing", collapseHash });
      const putOff = await corner.queued({ lane: "marketing" });
      for (const message of [canceled, overtaken, putOff]) await hold(corner, message, pause);
      expect(await held(corner, pause)).toBe(3);
      await store.cancelEvents({ environmentId, cancellationHash: `stop ${corner.at}`, now: at });
      await corner.queued({ lane: "marketing", collapseHash });
      const after = { state: "queued", dueAt: at + 7 } as const;
      await store.settleMessages({
        settlements: [{ environmentId, messageId: putOff.id, attempts: 0, at, after }],
      });
      expect(await held(corner, pause)).toBe(0);
      await end(corner);
      await release(corner);
      expect(await corner.row(putOff)).toMatchObject({ state: "queued", dueAt: at + 7 });
      for (const message of [canceled, overtaken]) expect((await corner.row(message)).state).toBe("canceled");
    });

    test("of an integration lets go with it what those of other integrations keep, and these stay as they are", async () => {
      const corner = await open();
      const { store, environmentId, at } = corner;
      const of = (key: string): PauseName => ({ kind: "integration", key, tenant: "" });
      const [a, b] = [await begin(corner, of("a")), await begin(corner, { ...of("b"), reason: "b", until: at + 1000 })];
      const lane = await begin(corner);
      const [one, other, ofLane] = await corner.queuedAll(times(3, () => ({})));
      if (one === undefined || other === undefined || ofLane === undefined) throw new RangeError("three");
      expect([await hold(corner, one, b), await hold(corner, ofLane, lane)]).toEqual(["held", "held"]);
      await end(corner, of("a"));
      expect(await listed(corner)).toEqual([
        "integration a ended",
        "integration b",
        "integration b ended",
        "lane marketing",
      ]);
      const anew = (await store.listPauses({ environmentId })).find(
        ({ key, endedAt }) => key === "b" && endedAt === null,
      );
      expect(anew).toMatchObject({ reason: "b", until: at + 1000, createdAt: at });
      expect(anew?.id).not.toBe(b.id);
      await release(corner);
      expect(await corner.dueMessages({ now: at + 20 })).toEqual(expect.arrayContaining([one.id, other.id]));
      expect([await held(corner, lane), await held(corner, a)]).toEqual([1, 0]);
      expect(await listed(corner)).toEqual(["integration b", "lane marketing"]);
      // What the marketing of another keeps may have a way by the one that is resumed.
      const ofMarketing: PauseName = { kind: "marketing", key: "b", tenant: "" };
      const marketing = await begin(corner, ofMarketing);
      const mail = await corner.queued({ lane: "marketing" });
      expect([await hold(corner, mail, marketing), await held(corner, marketing)]).toEqual(["held", 1]);
      await begin(corner, of("a"));
      await end(corner, of("a"));
      await release(corner);
      expect([await held(corner, marketing), (await corner.row(mail)).dueAt]).toEqual([0, at + 20]);
      expect(await listed(corner)).toEqual(["integration b", "lane marketing", "marketing b"]);
      await end(corner, ofMarketing);
      await release(corner);
      // One that keeps nothing has nothing to look at anew.
      await begin(corner, of("a"));
      await end(corner, of("a"));
      expect((await store.listPauses({ environmentId })).find(({ key }) => key === "b")?.id).toBe(anew?.id);
      await release(corner);
    });

    test("with few messages does not wait for one with many", async () => {
      const corner = await open();
      const { store, at } = corner;
      const [many, few] = [await begin(corner), await begin(corner, { tenant: "acme" })];
      const messages = await corner.queuedAll(times(9, () => ({ lane: "marketing" as const })));
      for (const [index, message] of messages.entries()) await hold(corner, message, index === 8 ? few : many);
      await end(corner);
      await end(corner, { ...marketing, tenant: "acme" });
      await store.releaseHeld({ now: at + 20, limit: 4 });
      expect([await held(corner, many), await held(corner, few)]).toEqual([6, 0]);
      await release(corner);
    });

    test("that ended long ago is purged, but for the last one, from which the next counts on", async () => {
      const corner = await open();
      const { store, at } = corner;
      const [first, kept] = [await begin(corner), await begin(corner, { tenant: "acme" })];
      await end(corner);
      await release(corner);
      const purge = async () => {
        while ((await store.purgePauses({ before: at + 21, limit: 2 })) > 0);
      };
      const known = async () => (await store.pausesSince({ sequence: 0, limit: 1000 })).map(({ id }) => id);
      expect(await store.purgePauses({ before: at + 20, limit: 100 })).toBe(0);
      const last = (await store.pausesSince({ sequence: 0, limit: 1000 })).at(-1);
      expect(last?.id).toBe(first.id);
      await purge();
      expect(await known()).toEqual(expect.arrayContaining([first.id, kept.id]));
      const next = await begin(corner, { tenant: "other" });
      expect(next.sequence).toBeGreaterThan(last?.sequence ?? 0);
      await purge();
      expect(await known()).not.toContain(first.id);
    });
  });
}
