import { createHash } from "node:crypto";
import { Client } from "pg";

/**
 * Settings of the engine that TIDINGS_TEST_ENGINE names for the servers that suites start; nothing for the embedded one.
 * `postgres`: a database of its own for each data directory, on the server of TIDINGS_TEST_DATABASE_URL. Where
 * TIDINGS_TEST_QUEUE_URL names a Kafka too, all that is not due at once goes by it: memory has hardly any room.
 */
export async function engineSettings(dataDir: string): Promise<Record<string, string>> {
  if (process.env["TIDINGS_TEST_ENGINE"] !== "postgres") return {};
  const name = `tidings_${createHash("sha1").update(dataDir).digest("hex").slice(0, 16)}`;
  return { TIDINGS_DATABASE_URL: await databaseOf(name), ...queueSettings(name) };
}

function queueSettings(name: string): Record<string, string> {
  const url = process.env["TIDINGS_TEST_QUEUE_URL"];
  if (url === undefined) return {};
  return {
    TIDINGS_QUEUE_URL: `${url}/${name}`,
    TIDINGS_QUEUE_PARTITIONS: "2",
    TIDINGS_QUEUE_RECLAIM_AFTER_MS: "3000",
    TIDINGS_QUEUE_TOPIC_ITEMS_MAX: "40",
    TIDINGS_ORCHESTRATE_FIRST_TURN_RECIPIENTS_MAX: "0",
  };
}

/** A database of that name on the server of TIDINGS_TEST_DATABASE_URL, made where it is missing. */
export async function databaseOf(name: string): Promise<string> {
  const url = process.env["TIDINGS_TEST_DATABASE_URL"];
  if (url === undefined) throw new Error("TIDINGS_TEST_DATABASE_URL names no server");
  const admin = new Client({ connectionString: url });
  await admin.connect();
  try {
    const known = await admin.query("select 1 from pg_database where datname = $1", [name]);
    if (known.rowCount === 0) await admin.query(`create database ${name}`);
  } finally {
    await admin.end();
  }
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}
