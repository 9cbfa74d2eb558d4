import type { Store } from "../../../packages/server/src/ports/store/store.ts";
import { storeConformance } from "../../../packages/server/src/store/store.conformance.ts";
import type { Postgres } from "../servers/postgres.ts";
import { sql } from "../servers/postgres-sql.ts";
import { openStore, ownDatabase } from "./database.ts";

export function storeSuite(name: string, server: () => Postgres): void {
  storeConformance(name, async () => {
    const url = await ownDatabase(server());
    const opened: Store[] = [];
    const open = async (): Promise<Store> => {
      const { store } = await openStore(url);
      opened.push(store);
      return store;
    };
    return {
      store: await open(),
      reopen: open,
      softBounces: (environmentId) =>
        sql(url, `select * from soft_bounce where environment_id = ${environmentId} order by address_hash`),
      close: async () => {
        for (const each of opened) await each.close();
      },
    };
  });
}
