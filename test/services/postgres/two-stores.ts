import { afterAll, beforeAll } from "vitest";
import type { Store } from "../../../packages/server/src/ports/store/store.ts";
import { type Corner, openCorner } from "../../../packages/server/src/store/conformance/corner.conformance.ts";
import type { Postgres } from "../servers/postgres.ts";
import { openStore, ownDatabase } from "./database.ts";

/** The stores of two processes on one database, each with its number among the workers, for the tests around it. */
export function twoStores(server: () => Postgres) {
  const stores: Store[] = [];
  beforeAll(async () => {
    const url = await ownDatabase(server());
    for (const number of [1, 2]) stores.push((await openStore(url, { number, holderOf: () => 0 })).store);
  });
  afterAll(async () => {
    for (const store of stores) await store.close();
  });
  /** The one or the other, in turns. */
  const either = (index: number): Store => {
    const store = stores[index % stores.length];
    if (store === undefined) throw new RangeError("there is no store");
    return store;
  };
  return { either, corner: (): Promise<Corner> => openCorner(either(0)) };
}
