import { Client, types } from "pg";
import type { Server, Servers } from "./servers.ts";
import { tlsOptions } from "./tls.ts";

export interface ConnectionSettings {
  /** One of them is the right one. */
  servers: Servers;
  /** Time to connect to one of them, ms. */
  connectTimeoutMs: number;
  /** Time of one statement, ms; the server ends it. */
  statementTimeoutMs: number;
  /** A connection that is silent for so long in the middle of a transaction, or takes no answers, is given up by the server, ms. */
  silentMaxMs: number;
  /** Shown in `pg_stat_activity`. */
  applicationName: string;
  /** Rejects where a server is not the right one; where left out, it must take writes. `place` names it. */
  examine?: (client: Client, place: string) => Promise<void>;
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
 * empty, so what would be right for small tables alone is switched off. A process that is cut off in the middle of a
 * transaction would keep its rows locked for hours, until the server's system gives up the connection.
 */
const sessionSql = (silentMaxMs: number): string => `set enable_seqscan = off; set enable_hashjoin = off;
  set enable_mergejoin = off; set plan_cache_mode = force_generic_plan; set jit = off; set client_min_messages = warning;
  set default_transaction_isolation = 'read committed'; set idle_in_transaction_session_timeout = ${silentMaxMs};
  set tcp_user_timeout = ${silentMaxMs}`;

const readOnlySql =
  "select pg_is_in_recovery() as standby, current_setting('transaction_read_only') = 'on' as read_only";

/** A connection that is ready, to the server that is the right one now. `onEnd` is told once when it is lost. */
export function connect(settings: ConnectionSettings, onEnd: () => void): Promise<Client> {
  return settings.servers.reach((server) => connectTo(server, settings, onEnd));
}

async function connectTo({ url, tls }: Server, settings: ConnectionSettings, onEnd: () => void): Promise<Client> {
  const client = new Client({
    connectionString: url,
    ssl: tlsOptions(tls),
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
  try {
    await client.connect();
    const { examine = takesWrites } = settings;
    await Promise.all([client.query(sessionSql(settings.silentMaxMs)), examine(client, placeOf(client))]);
    client.once("end", onEnd);
    return client;
  } catch (error) {
    void client.end().catch(() => {});
    throw error;
  }
}

async function takesWrites(client: Client, place: string): Promise<void> {
  const { rows } = await client.query<{ standby: boolean; read_only: boolean }>(readOnlySql);
  const [found] = rows;
  if (found?.standby === true) throw new Error(`${place} is a standby`);
  if (found?.read_only === true) throw new Error(`${place} takes no writes`);
}

const placeOf = ({ host, port }: Client): string => `the server at ${host}:${port}`;
