import { describe, expect, test } from "vitest";
import { deriveId } from "../../../packages/server/src/lib/ids.ts";
import type { Store } from "../../../packages/server/src/ports/store/store.ts";
import { openCorner } from "../../../packages/server/src/store/conformance/corner.conformance.ts";
import { Partitions } from "../../../packages/server/src/store/postgres/partitions.ts";
import type { Postgres } from "../servers/postgres.ts";
import { sql } from "../servers/postgres-sql.ts";
import { openStore, ownDatabase } from "./database.ts";

const dayMs = 86_400_000;

export function partsSuite(server: () => Postgres): void {
  describe("parts of tables", () => {
    test("are made for the days to come, and dropped whole once all in them is old and done", async () => {
      const url = await ownDatabase(server());
      const { pool, store } = await openStore(url);
      const partitions = new Partitions(pool, { partitionDays: 1, retentionDays: 3 });
      const now = Date.UTC(2030, 0, 10, 12);
      expect((await partitions.keep(now)).made).toContain("message_20300110");
      expect(await partitions.keep(now)).toEqual({ made: [], dropped: [] });
      const done = await messageAt(store, now, null);
      const open1 = await messageAt(store, now + dayMs, now);
      const [part] = await sql(url, `select tableoid::regclass::text as name from message where id = '${done}'`);
      expect(part).toEqual({ name: "message_20300110" });
      const later = now + 10 * dayMs;
      const { dropped } = await partitions.keep(later);
      expect(dropped).toContain("message_20300110");
      expect(dropped).toContain("event_20300110");
      expect(dropped).not.toContain("message_20300111");
      expect(await sql(url, "select id from message")).toEqual([{ id: open1 }]);
      await sql(url, "update message set due_at = null");
      expect((await partitions.keep(later)).dropped).toContain("message_20300111");
      expect(await sql(url, "select id from message")).toEqual([]);
      await store.close();
    });
  });
}

/** A message of that time, with an event of its own. */
async function messageAt(store: Store, at: number, dueAt: number | null): Promise<string> {
  const corner = await openCorner(store);
  const event = corner.event({ id: deriveId(at, "event"), receivedAt: at });
  await store.acceptEvents({ events: [event] });
  const state = dueAt === null ? ("failed" as const) : ("queued" as const);
  const message = corner.message({ id: deriveId(at, "message"), eventId: event.id, dueAt, state });
  await store.commitEvents({ turns: [corner.turn(event, { messages: [message] })] });
  return message.id;
}
