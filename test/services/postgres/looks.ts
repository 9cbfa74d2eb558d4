import { describe, expect, test } from "vitest";
import { allTopics } from "../../../packages/server/src/ports/topic.ts";
import { openCorner, times } from "../../../packages/server/src/store/conformance/corner.conformance.ts";
import type { Holding } from "../../../packages/server/src/store/postgres/context.ts";
import { looksOf, slowMs } from "../../../packages/server/src/store/postgres/due/look-memory.ts";
import { PostgresOpenTopics } from "../../../packages/server/src/store/postgres/open-topics.ts";
import { channelCode, laneCode } from "../../../packages/server/src/store/sql/codes.ts";
import type { Postgres } from "../servers/postgres.ts";
import { openStore, ownDatabase } from "./database.ts";
import { until } from "./open-worker.ts";

/** What processes ask the rows about what is due, beside the looks themselves. */
export function looksSuite(server: () => Postgres): void {
  describe("looks", () => {
    test("are asked for where something is due for this process or for anybody, and for no other topic", async () => {
      const url = await ownDatabase(server());
      const [own, other] = [1, 2].map((number) => ({ number, holderOf: () => number }) satisfies Holding);
      if (own === undefined || other === undefined) throw new RangeError("two are needed");
      const [a, b] = [await openStore(url, own), await openStore(url, other)];
      const corner = await openCorner(a.store);
      const topics = new PostgresOpenTopics(a.pool, own);
      const open = () => topics.among(allTopics, corner.at).then((found) => found.toSorted());
      expect(await open()).toEqual([]);
      const [held, others] = [corner.event({ lane: "critical" }), corner.event({ lane: "marketing" })];
      await a.store.acceptEvents({ events: [held] });
      await b.store.acceptEvents({ events: [others] });
      // Of a timer nothing is told before it has come.
      await corner.queued({ channel: "push", dueAt: corner.at + 1 });
      await corner.queued({ channel: "sms", lane: "marketing", tenant: "t" });
      await corner.waiting({ lane: "critical" });
      expect(await open()).toEqual(["delivery.sms.marketing", "events.critical", "runs.critical"]);
      expect(await topics.among(["runs.critical", "runs.marketing"], corner.at)).toEqual(["runs.critical"]);
      await a.store.close();
      await b.store.close();
    });

    test("that were slow pass what they know to be done, and find what came late with one from the front", async () => {
      const holding: Holding = { number: 1, holderOf: () => 0 };
      const { store, pool } = await openStore(await ownDatabase(server()), holding);
      const corner = await openCorner(store);
      const [place, memory] = [{ lane: laneCode.critical, channel: channelCode.sms }, looksOf(holding)];
      const queued = async (tenant: string, dueAt: number) =>
        (await corner.queued({ channel: "sms", lane: "critical", tenant, dueAt })).id;
      const look = () => corner.dueMessages({ channel: "sms", lane: "critical" });
      const first = await Promise.all(times(3, (index) => queued("b", corner.at - 10_000 + index)));
      expect((await look()).toSorted()).toEqual(first.toSorted());
      // The second one in a row.
      memory.took("message", place, slowMs);
      memory.took("message", place, slowMs);
      const late = await queued("b", corner.at - 20_000);
      const fresh = [await queued("a", corner.at - 9000), await queued("b", corner.at), await queued("c", corner.at)];
      expect((await look()).toSorted()).toEqual([...first, ...fresh].toSorted());
      const topics = new PostgresOpenTopics(pool, holding);
      expect(await topics.among(["delivery.sms.critical"], corner.at)).toEqual(["delivery.sms.critical"]);
      await until(look, (found) => found.includes(late));
      await store.close();
    });
  });
}
