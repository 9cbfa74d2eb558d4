import { Client, types } from "pg";
import type { TlsSettings } from "./tls.ts";
import { tlsOptions } from "./tls.ts";

export interface ConnectionSettings {
  url: string;
  tls: TlsSettings;
  /** Time to connect, ms. */
  connectTimeoutMs: number;
  /** Time of one statement, ms; the server ends it. */
  statementTimeoutMs: number;
  /** Shown in `pg_stat_activity`. */
  applicationName: string;
}

const int8 = 20;
const silentMs = 2000;
const keepAliveMs = 10_000;

/** Whole numbers that JavaScript holds exactly: times in ms, sequences and counts stay far below 2^53. */
const parsers = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    oid === int8 ? Number : types.getTypeParser(oid, format ?? "text"),
};

/*
 * Every statement of the store finds its rows by an index. Plans are made once per connection, maybe while tables are
 * empty, so what would be right for small tables alone is switched off.
 */
const sessionSql = `set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off;
  set plan_cache_mode = force_generic_plan; set jit = off; set client_min_messages = warning;
  set default_transaction_isolation = 'read committed'`;

/** A connection that is ready. `onEnd` is told once when it is lost; until then statements may be sent. */
export async function connect(settings: ConnectionSettings, onEnd: () => void): Promise<Client> {
  const client = new Client({
    connectionString: settings.url,
    ssl: tlsOptions(settings.tls),
    connectionTimeoutMillis: settings.connectTimeoutMs,
    statement_timeout: settings.statementTimeoutMs,
    application_name: settings.applicationName,
    // The server ends a statement that takes too long; where it is not heard of any more, this does.
    query_timeout: settings.statementTimeoutMs + silentMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
    pipeline: true,
    types: parsers,
  });
  // A connection that breaks tells it here too; what was under way is rejected, and the pool makes another.
  client.on("error", () => {});
  client.once("end", onEnd);
  try {
    await client.connect();
    await client.query(sessionSql);
    return client;
  } catch (error) {
    void client.end().catch(() => {});
    throw error;
  }
}
