import { integer, text } from "../../sql/columns.ts";
import type { Session } from "../session.ts";
import { codeOf } from "../sql-state.ts";

/** What a primary and its standbys have in common, byte by byte. */
export interface Identity {
  /** The cluster's, from when it was made; null where the user may not ask for it. */
  cluster: string | null;
  /** The database's own number in it. */
  database: number;
}

/** No right to call it, no such function, not on this service. Everybody may call it unless somebody took that away. */
const notToBeHad = new Set(["42501", "42883", "0A000"]);

export async function identityOf(sql: Session): Promise<Identity> {
  const row = await sql.get("select oid::bigint from pg_database where datname = current_database()");
  return { cluster: await clusterOf(sql), database: integer(row ?? {}, "oid") };
}

async function clusterOf(sql: Session): Promise<string | null> {
  try {
    const row = await sql.get("select system_identifier::text as cluster from pg_control_system()");
    return text(row ?? {}, "cluster");
  } catch (error) {
    if (notToBeHad.has(codeOf(error))) return null;
    throw error;
  }
}

/** True also where that cannot be told: then the heartbeats alone tell whose copy a server has. */
export function mayBeSame(a: Identity, b: Identity): boolean {
  return a.database === b.database && (a.cluster === null || b.cluster === null || a.cluster === b.cluster);
}
