import { createHash } from "node:crypto";
import { Client } from "pg";

/**
 * Settings of the engine that TIDINGS_TEST_ENGINE names for the servers that suites start; nothing for the embedded one.
 * `postgres`: a database of its own for each data directory, on the server of TIDINGS_TEST_DATABASE_URL.
 */
export async function engineSettings(dataDir: string): Promise<Record<string, string>> {
  if (process.env["TIDINGS_TEST_ENGINE"] !== "postgres") return {};
  return { TIDINGS_DATABASE_URL: await databaseOf(dataDir) };
}

async function databaseOf(dataDir: string): Promise<string> {
  const url = process.env["TIDINGS_TEST_DATABASE_URL"];
  if (url === undefined) throw new Error("TIDINGS_TEST_DATABASE_URL names no server");
  const name = `tidings_${createHash("sha1").update(dataDir).digest("hex").slice(0, 16)}`;
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
