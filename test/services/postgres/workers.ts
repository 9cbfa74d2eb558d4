import { describe, expect, test } from "vitest";
import { openCorner, times } from "../../../packages/server/src/store/conformance/corner.conformance.ts";
import { PostgresLeases } from "../../../packages/server/src/store/postgres/leases.ts";
import type { Postgres } from "../servers/postgres.ts";
import { sql } from "../servers/postgres-sql.ts";
import { ownDatabase } from "./database.ts";
import { dueOf, openWorker, until } from "./open-worker.ts";

/** Several processes on one database: who holds what, what becomes of it when one is gone, and what is kept how long. */
export function workersSuite(server: () => Postgres): void {
  describe("workers", () => {
    test("share due work: what one has taken another does not get", async () => {
      const url = await ownDatabase(server());
      const [a, b] = [await openWorker(url, "a"), await openWorker(url, "b")];
      const corner = await openCorner(a.store);
      const messages = await corner.queuedAll(times(300, () => ({})));
      const taken = await Promise.all([dueOf(corner, a.store, "a"), dueOf(corner, b.store, "b")]);
      const again = await Promise.all([dueOf(corner, a.store, "a"), dueOf(corner, b.store, "b")]);
      expect(new Set(again.flat()).size).toBe(again.flat().length);
      expect(new Set(again.flat())).toEqual(new Set(messages.map(({ id }) => id)));
      for (const [index, ids] of taken.entries()) expect(again[index]).toEqual(expect.arrayContaining(ids));
      await Promise.all([a.end(), b.end()]);
    });

    test("hold what they take in, and another finds it once they have stopped", async () => {
      const url = await ownDatabase(server());
      const [a, b] = [await openWorker(url, "a"), await openWorker(url, "b")];
      a.registry.holdWhere(() => "held");
      const corner = await openCorner(a.store);
      const event = await corner.accepted();
      const look = { lane: "transactional" as const, now: corner.at, limit: 10 };
      expect(await b.store.dueEvents(look)).toEqual([]);
      expect(await a.store.dueEvents(look)).toEqual([event.id]);
      await a.end();
      expect(await b.store.dueEvents(look)).toEqual([event.id]);
      await b.end();
    });

    test("that are not heard of for a lease are gone: others find all that they held, and what was under way as lost", async () => {
      const url = await ownDatabase(server());
      const [a, b] = [await openWorker(url, "a"), await openWorker(url, "b")];
      const corner = await openCorner(a.store);
      const waiting = await corner.queued();
      const started = await corner.queued();
      expect(await dueOf(corner, a.store, "a")).toHaveLength(2);
      await corner.start(started, { node: "a" });
      expect(await b.store.loadDeliveries({ ids: [started.id], lane: "transactional" })).toEqual([]);
      expect(await dueOf(corner, b.store, "b")).toEqual([]);
      await a.pool.end();
      const found = await until(
        () => dueOf(corner, b.store, "b"),
        (ids) => ids.length === 2,
      );
      expect(new Set(found)).toEqual(new Set([waiting.id, started.id]));
      const [lost] = await b.store.loadDeliveries({ ids: [started.id], lane: "transactional" });
      expect(lost?.open?.node).toBe("a");
      expect((await b.registry.list()).map(({ node }) => node)).toEqual(["b"]);
      await b.end();
    });

    test("that were taken for gone come back under another number, and hold nothing of before", async () => {
      const url = await ownDatabase(server());
      const [a, b] = [await openWorker(url, "a"), await openWorker(url, "b")];
      const corner = await openCorner(a.store);
      const message = await corner.queued();
      await dueOf(corner, a.store, "a");
      const before = a.registry.number;
      await sql(url, "delete from worker where node = 'a'");
      await until(
        async () => a.registry.number,
        (number) => number !== before,
      );
      const found = await until(
        () => dueOf(corner, b.store, "b"),
        (ids) => ids.length === 1,
      );
      expect(found).toEqual([message.id]);
      await Promise.all([a.end(), b.end()]);
    });

    test("that were killed on this machine are not waited for", async () => {
      const url = await ownDatabase(server());
      const a = await openWorker(url, "a", "here");
      const corner = await openCorner(a.store);
      const message = await corner.queued();
      await dueOf(corner, a.store, "a");
      await a.pool.end();
      const b = await openWorker(url, "b", "here");
      expect(await dueOf(corner, b.store, "b")).toEqual([message.id]);
      await b.end();
    });

    test("one of them has a lease, until it lets it run out", async () => {
      const url = await ownDatabase(server());
      const { pool, end } = await openWorker(url, "a");
      const [first, second] = [new PostgresLeases(pool, "a"), new PostgresLeases(pool, "b")];
      expect(await first.hold("job", 60_000)).toBe(true);
      expect(await second.hold("job", 60_000)).toBe(false);
      expect(await first.hold("job", 1)).toBe(true);
      expect(await until(() => second.hold("job", 60_000), Boolean)).toBe(true);
      expect(await first.hold("job", 60_000)).toBe(false);
      await end();
    });
  });
}
