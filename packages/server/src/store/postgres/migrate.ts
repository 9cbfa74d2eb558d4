import { readdirSync, readFileSync } from "node:fs";
import { integer } from "../sql/columns.ts";
import type { Session } from "./session.ts";

const folder = new URL("../../../migrations/postgres/", import.meta.url);
/** Any number, the same in all versions: processes that start together wait for each other here. */
const lockNumber = 7_104_400;

/** Brings the schema up to date: each numbered file once, in order, in a transaction of its own. */
export async function migrate(sql: Session, now: number): Promise<void> {
  await sql.exec(`select pg_advisory_lock(${lockNumber})`);
  try {
    await sql.exec(
      "create table if not exists migration (number integer primary key, name text not null, applied_at bigint not null)",
    );
    const row = await sql.get("select coalesce(max(number), 0) as number from migration");
    const newest = integer(row ?? {}, "number");
    const files = readdirSync(folder)
      .filter((name) => name.endsWith(".sql"))
      .sort();
    const known = Number.parseInt(files.at(-1) ?? "0", 10);
    if (newest > known)
      throw new Error(`the database is at migration ${newest}, this version knows ${known}: a newer Tidings wrote it`);
    for (const file of files) if (Number.parseInt(file, 10) > newest) await apply(sql, file, now);
  } finally {
    await sql.exec(`select pg_advisory_unlock(${lockNumber})`);
  }
}

async function apply(sql: Session, file: string, now: number): Promise<void> {
  const text = readFileSync(new URL(file, folder), "utf8");
  const number = Number.parseInt(file, 10);
  try {
    await sql.exec(
      `begin; ${text}; insert into migration (number, name, applied_at) values (${number}, '${file}', ${now}); commit`,
    );
  } catch (error) {
    await sql.exec("rollback");
    throw new Error(`migration ${file} failed`, { cause: error });
  }
}
