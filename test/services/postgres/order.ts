import { describe, test } from "vitest";
import { loadEvents } from "../../../packages/server/src/store/conformance/attention-load.conformance.ts";
import { times } from "../../../packages/server/src/store/conformance/corner.conformance.ts";
import { orderTogether } from "../../../packages/server/src/store/conformance/order-load.conformance.ts";
import type { Postgres } from "../servers/postgres.ts";
import { openStore, ownDatabase } from "./database.ts";

/** The order of messages that several processes write, start and end at once. */
export function orderSuite(server: () => Postgres): void {
  describe("four processes on one database: order", () => {
    test("none is broken and no cap exceeded, whoever sends", { timeout: 120_000 + loadEvents * 100 }, async () => {
      const url = await ownDatabase(server());
      const opened = [];
      for (const number of times(4, (index) => index + 1))
        opened.push(await openStore(url, { number, holderOf: () => 0 }));
      try {
        await orderTogether(opened.map(({ store }) => store));
      } finally {
        for (const { store } of opened) await store.close();
      }
    });
  });
}
