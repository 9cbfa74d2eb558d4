import { readdirSync, readFileSync } from "node:fs";
import { integer } from "../sql/columns.ts";
import type { Database } from "./database.ts";

const folder = new URL("../../../migrations/sqlite/", import.meta.url);

function migrationFiles(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort();
}

/** Number of the newest migration that this version knows. */
export function newestMigration(): number {
  return Number.parseInt(migrationFiles().at(-1) ?? "0", 10);
}

/** Brings the schema up to date: each numbered file once, in order, in a transaction of its own. */
export function migrate(database: Database, now: number): void {
  database.exec(
    "create table if not exists migration (number integer primary key, name text not null, applied_at integer not null) strict",
  );
  const newest = integer(database.get("select coalesce(max(number), 0) as number from migration") ?? {}, "number");
  const known = newestMigration();
  if (newest > known)
    throw new Error(`the database is at migration ${newest}, this version knows ${known}: a newer Tidings wrote it`);
  for (const file of migrationFiles()) {
    const number = Number.parseInt(file, 10);
    if (number <= newest) continue;
    database.exec("begin immediate");
    try {
      database.exec(readFileSync(new URL(file, folder), "utf8"));
      database.run("insert into migration (number, name, applied_at) values (?, ?, ?)", number, file, now);
      database.exec("commit");
    } catch (error) {
      database.exec("rollback");
      throw new Error(`migration ${file} failed`, { cause: error });
    }
  }
}
