import type { Store } from "../../../packages/server/src/ports/store/store.ts";
import { storeConformance } from "../../../packages/server/src/store/store.conformance.ts";
import type { Postgres } from "../servers/postgres.ts";
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
      close: async () => {
        for (const each of opened) await each.close();
      },
    };
  });
}
