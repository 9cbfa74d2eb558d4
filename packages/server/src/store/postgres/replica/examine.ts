import type { Client } from "pg";
import { Session } from "../session.ts";
import type { Freshness } from "./freshness.ts";
import { type Identity, identityOf, mayBeSame } from "./identity.ts";
import { Unfit } from "./unfit.ts";

/** A server that has another database than the one that it is to be a copy of: somebody's mistake, and no moment's state. */
export class ForeignDatabase extends Error {
  override name = "ForeignDatabase";
}

/** Rejects where a server has another database. */
export async function examineIdentity(own: Identity, sql: Session, place: string): Promise<void> {
  if (!mayBeSame(own, await identityOf(sql))) throw new ForeignDatabase(`${place} has another database`);
}

/** What a connection to a replica must pass: so of several servers one is found that follows closely. */
export function examineWith(own: Identity, freshness: Freshness) {
  return async (client: Client, place: string): Promise<void> => {
    const sql = new Session(client);
    await examineIdentity(own, sql, place);
    try {
      await freshness.look(sql);
    } catch (error) {
      throw error instanceof Unfit ? new Unfit(error.reason, `${place}: ${error.message}`, error.behindMs) : error;
    }
  };
}
