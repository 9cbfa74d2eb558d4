import { describe, expect, test } from "vitest";
import { type OpenCorner, times } from "./corner.conformance.ts";
import { replayOf } from "./event-turn.conformance.ts";

export function deadLettersConformance(open: OpenCorner): void {
  describe("dead letters", () => {
    test("are listed newest first, in pages that go on at their cursor without a gap or a repetition", async () => {
      const corner = await open();
      const dead = [];
      for (const index of times(7, (each) => each)) dead.push(await corner.dead({}, corner.at + Math.floor(index / 2)));
      const list = (before: string, limit: number) =>
        corner.store.listDeadLetters({ environmentId: corner.environmentId, before, limit });
      const all = await list("", 100);
      expect(new Set(all.map(({ id }) => id))).toEqual(new Set(dead.map(({ id }) => id)));
      expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).sort((a, b) => b - a));
      const paged = [];
      for (let before = "", page = await list("", 2); page.length > 0; page = await list(before, 2)) {
        expect(page.length).toBeLessThanOrEqual(2);
        paged.push(...page);
        const last = page.at(-1);
        before = `${last?.at}:${last?.id}`;
      }
      expect(paged).toEqual(all);
    });

    test("carry their message with its attempts", async () => {
      const corner = await open();
      const message = await corner.sending();
      await corner.record(message, {
        outcome: "rejected",
        code: "451",
        after: { state: "dead", reason: "retries_exhausted", detail: "451" },
      });
      const letter = await corner.store.getDeadLetter({ environmentId: corner.environmentId, id: message.id });
      expect(letter).toMatchObject({
        id: message.id,
        kind: "message",
        reason: "retries_exhausted",
        detail: "451",
        at: corner.at + 50,
        message: { state: "dead", attempts: [{ code: "451" }] },
      });
    });

    test("go back to their queue under the same id, with one attempt more", async () => {
      const corner = await open();
      const message = await corner.sending();
      await corner.record(message, { outcome: "rejected", after: { state: "dead", reason: "r", detail: "" } });
      expect(await corner.store.replayDeadLetters(replayOf(corner, [message.id], { now: corner.at + 1000 }))).toEqual({
        replayed: 1,
        expired: 0,
      });
      expect(await corner.row(message)).toMatchObject({ state: "queued", dueAt: corner.at + 1000 });
      expect(await corner.store.getDeadLetter({ environmentId: corner.environmentId, id: message.id })).toBeUndefined();
      expect(await corner.dueMessages({ now: corner.at + 1000 })).toEqual([message.id]);
      const [record] = await corner.store.loadDeliveries({ ids: [message.id], lane: "transactional" });
      expect(record).toMatchObject({ attempts: 1, firstAttemptAt: null });
      expect(await corner.start(message, { number: 2, at: corner.at + 1000 })).toBe("started");
      expect((await corner.row(message)).attempts).toHaveLength(2);
    });

    test("that have expired meanwhile end expired instead", async () => {
      const corner = await open();
      const message = await corner.dead({ expiresAt: corner.at + 1000 });
      expect(await corner.store.replayDeadLetters(replayOf(corner, [message.id], { now: corner.at + 1000 }))).toEqual({
        replayed: 0,
        expired: 1,
      });
      expect(await corner.row(message)).toMatchObject({ state: "expired", dueAt: null });
      expect(await corner.dueMessages({ now: corner.at + 1000 })).toEqual([]);
    });

    test("are replayed once, even where they are named twice or by two callers", async () => {
      const corner = await open();
      const message = await corner.dead();
      const replays = times(3, () => corner.store.replayDeadLetters(replayOf(corner, [message.id, message.id])));
      expect((await Promise.all(replays)).map(({ replayed }) => replayed).sort()).toEqual([0, 0, 1]);
    });

    test("are selected by reason and channel, at most so many at once", async () => {
      const corner = await open();
      const mails = [await corner.dead(), await corner.dead(), await corner.dead()];
      const sms = await corner.dead({ channel: "sms" });
      expect(await corner.store.replayDeadLetters(replayOf(corner, undefined, { reason: "another" }))).toEqual({
        replayed: 0,
        expired: 0,
      });
      expect(await corner.store.replayDeadLetters(replayOf(corner, undefined, { channel: "sms" }))).toEqual({
        replayed: 1,
        expired: 0,
      });
      expect((await corner.row(sms)).state).toBe("queued");
      expect(
        await corner.store.replayDeadLetters(replayOf(corner, undefined, { reason: "template_failed", limit: 2 })),
      ).toEqual({ replayed: 2, expired: 0 });
      expect(await corner.store.replayDeadLetters(replayOf(corner, undefined))).toEqual({ replayed: 1, expired: 0 });
      expect(new Set(await corner.dueMessages())).toEqual(new Set(mails.map(({ id }) => id)));
    });

    test("of another environment are neither seen nor replayed", async () => {
      const corner = await open();
      const message = await corner.dead({ environmentId: corner.otherEnvironmentId });
      const { store, environmentId } = corner;
      expect(await store.listDeadLetters({ environmentId, before: "", limit: 10 })).toEqual([]);
      expect(await store.getDeadLetter({ environmentId, id: message.id })).toBeUndefined();
      expect(await store.replayDeadLetters(replayOf(corner, [message.id]))).toEqual({ replayed: 0, expired: 0 });
      expect(await store.replayDeadLetters(replayOf(corner, undefined))).toEqual({ replayed: 0, expired: 0 });
      expect(await store.getDeadLetter({ environmentId: corner.otherEnvironmentId, id: message.id })).toBeDefined();
    });
  });
}
