import { describe, expect, test } from "vitest";
import { openCorner } from "../../../packages/server/src/store/conformance/corner.conformance.ts";
import {
  first,
  isDue,
  laterMs,
  settle,
  watched,
} from "../../../packages/server/src/store/conformance/watched-messages.conformance.ts";
import { withSession } from "../../../packages/server/src/store/postgres/with-session.ts";
import { until } from "../../harness/until.ts";
import type { Postgres } from "../servers/postgres.ts";
import { sql } from "../servers/postgres-sql.ts";
import { openStore, ownDatabase } from "./database.ts";

/** Messages are settled ahead of the runs that watch them; who cancels an event takes its runs first, as what their turns have made is canceled too. */
export function watchesTogetherSuite(server: () => Postgres): void {
  describe("two calls on one database: watched messages", () => {
    test("one that settles a message and one that cancels its event wait for each other, and both are done", async () => {
      const url = await ownDatabase(server());
      const { store, pool } = await openStore(url);
      const own = await openCorner(store);
      const { environmentId, at } = own;
      const { messages, run } = await watched(own, [{}], "c");
      const message = first(messages);
      let calls: Promise<unknown> = Promise.resolve();
      await withSession(pool, "transactional", async (session) => {
        const waiting = async (count: number): Promise<boolean> => {
          await session.exec("select pg_stat_clear_snapshot()");
          const waitingSql =
            "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
          return (await session.all(waitingSql)).length === count;
        };
        await session.exec("begin");
        await session.run("select 1 from run where environment_id = $1 and id = $2 for update", environmentId, run.id);
        // Whoever asked first for the run gets it first: then each has what the other one wants.
        const canceled = store.cancelEvents({ environmentId, cancellationHash: "c", now: at });
        await until("the cancellation waits for the run", () => waiting(1));
        const settled = settle(own, message);
        await until("the message is settled, and its run waited for", () => waiting(2));
        calls = Promise.all([canceled, settled]);
        await session.exec("commit");
      });
      await calls;
      expect(["failed", "canceled"]).toContain((await own.row(message))?.state);
      expect(await isDue(own, run, at + 2 * laterMs)).toBe(false);
      // A connection tells what it has counted when it ends at the latest.
      await store.close();
      const counted = "select deadlocks from pg_stat_database where datname = current_database()";
      await until(
        "the server has counted the deadlock",
        async () => Number((await sql(url, counted))[0]?.["deadlocks"]) > 0,
      );
    });
  });
}
