import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Corner, openCorner } from "../../../../packages/server/src/store/conformance/corner.conformance.ts";
import { pause } from "../../../harness/pause.ts";
import { type Postgres, startPostgres } from "../../servers/postgres.ts";
import { sql } from "../../servers/postgres-sql.ts";
import { ownDatabase } from "../database.ts";
import { on, openReading, type Reading, type ReadingOptions, untilStand } from "./reading-store.ts";

const lagMaxMs = 400;
const timeoutMs = 1500;
/** A refused connection is no wait. */
const atOnceMs = 1000;

/** Where a replica is of no use, the primary answers within the same call; it is used again by itself. */
export function fallsBackSuite(version: "15" | "17", servers: () => { primary: Postgres; standby: Postgres }): void {
  describe("reads of which a replica is not fit go to the primary", () => {
    let reading: Reading;
    let corner: Corner;
    let url: string;
    const open = async (options: Partial<ReadingOptions> = {}): Promise<void> => {
      reading = await openReading({ url, replicaUrls: [on(servers().standby.port, url)], timeoutMs, ...options });
      await untilStand(reading, "used");
      corner = await openCorner(reading.store);
    };
    beforeEach(async () => {
      url = await ownDatabase(servers().primary);
    });
    afterEach(() => reading.close());

    /** Writes a message, and reads it in the list of all. */
    async function readsIt(): Promise<void> {
      const { id } = await corner.queued();
      const { environmentId, store } = corner;
      const page = await store.listMessages({ environmentId, before: "", limit: 1 });
      expect(page.items.map((message) => message.id)).toEqual([id]);
    }

    test("while it is further behind than it may be", async () => {
      await open({ lagMaxMs });
      const { standby } = servers();
      await sql(standby.adminUrl, "select pg_wal_replay_pause()");
      try {
        await pause(lagMaxMs);
        await readsIt();
        expect(reading.outcomes).toEqual(["behind"]);
        expect(reading.replica.stand).toMatchObject({ state: "aside", reason: "behind" });
        await readsIt();
        expect(reading.outcomes).toEqual(["behind", "aside"]);
      } finally {
        await sql(standby.adminUrl, "select pg_wal_replay_resume()");
      }
      await untilStand(reading, "used");
      const { environmentId, store } = corner;
      expect((await store.listMessages({ environmentId, before: "", limit: 10 })).items).toHaveLength(2);
      expect(reading.outcomes.at(-1)).toBe("replica");
    });

    test("while it is stopped, without a wait", async () => {
      await open();
      const { standby } = servers();
      await standby.stop("fast");
      try {
        const askedAt = performance.now();
        await readsIt();
        await readsIt();
        expect(performance.now() - askedAt).toBeLessThan(atOnceMs);
        expect(reading.replica.stand).toEqual({ state: "aside", reason: "unavailable" });
        expect(reading.outcomes).toEqual(["unavailable", "aside"]);
      } finally {
        await standby.restart();
      }
      await untilStand(reading, "used");
    });

    test("while it is silent, after as long as a read there may take", async () => {
      await open();
      const { standby } = servers();
      const backends = await sql(
        standby.adminUrl,
        "select pid from pg_stat_activity where application_name like 'reader %'",
      );
      expect(backends.length).toBeGreaterThan(0);
      const signal = (name: NodeJS.Signals): void => {
        for (const { pid } of backends) process.kill(Number(pid), name);
      };
      signal("SIGSTOP");
      try {
        const askedAt = performance.now();
        await readsIt();
        expect(performance.now() - askedAt).toBeLessThan(timeoutMs + atOnceMs);
        expect(reading.outcomes).toEqual(["unavailable"]);
      } finally {
        signal("SIGCONT");
      }
      await untilStand(reading, "used");
    });

    test("when the server ends one for a change that it must take over", async () => {
      await open();
      const read = await reading.replica.read(async ({ sql: session }) => {
        await session.all("select id from message limit 1");
        await sql(url, "alter table message add column later integer");
        for (const end = Date.now() + 20_000; Date.now() < end; await pause(20)) {
          await session.all("select number from worker");
        }
      });
      expect(read).toBeUndefined();
      expect(servers().standby.log()).toContain("conflict with recovery");
      expect(reading.outcomes).toEqual(["unavailable"]);
      await readsIt();
      await untilStand(reading, "used");
    });

    test("once it was promoted, until another one follows", async () => {
      const { primary, standby } = servers();
      const other = await startPostgres({ version, replicaOf: primary });
      try {
        await open({ replicaUrls: [on(other.port, url)] });
        await other.promote();
        await readsIt();
        expect(reading.outcomes).toEqual(["no_standby"]);
        await untilStand(reading, "aside", "no_standby");
        await reading.close();
        // Of several hosts the one that follows is found.
        await open({ replicaUrls: [other.port, standby.port].map((port) => on(port, url)) });
        await corner.store.recentSums({ fromMinute: 0, toMinute: 1 });
        expect(reading.outcomes).toEqual(["replica"]);
      } finally {
        await other.remove();
      }
    });
  });
}
