import { describe, test } from "vitest";
import {
  claimTogether,
  loadEvents,
} from "../../../packages/server/src/store/conformance/attention-load.conformance.ts";
import { times } from "../../../packages/server/src/store/conformance/corner.conformance.ts";
import type { Postgres } from "../servers/postgres.ts";
import { openStore, ownDatabase } from "./database.ts";

/** What caps leave of a recipient's attention, to processes that claim it at once. */
export function attentionSuite(server: () => Postgres): void {
  describe("four processes on one database: attention", () => {
    test("no cap is exceeded, whoever claims", { timeout: 60_000 + loadEvents * 20 }, async () => {
      const url = await ownDatabase(server());
      const opened = [];
      for (const number of times(4, (index) => index + 1))
        opened.push(await openStore(url, { number, holderOf: () => 0 }));
      try {
        await claimTogether(opened.map(({ store }) => store));
      } finally {
        for (const { store } of opened) await store.close();
      }
    });
  });
}
