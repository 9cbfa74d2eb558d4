import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type DatabaseSyncInstance } from "@photostructure/sqlite";
import { integer, type SqlRow, type SqlValue, text } from "../sql/columns.ts";
import { MoveRefused } from "../sql/move-refused.ts";
import {
  keyOf,
  type MovedKey,
  type MovedPage,
  type MovedRow,
  type MovedTable,
  type PageBounds,
} from "../sql/moved-table.ts";
import { newestMigration } from "./migrate.ts";
import { pageSql, rowOf } from "./move-rows.ts";
import { lockDataDirectory } from "./owner-lock.ts";
import { partStarts } from "./part-starts.ts";

const cacheMib = 64;

/** A data directory that is moved away from: held like by a server, and only read. */
export class MoveSource {
  readonly #directory: string;
  readonly #lock: { release(): void };
  readonly #database: DatabaseSyncInstance;

  private constructor(directory: string, lock: { release(): void }, database: DatabaseSyncInstance) {
    this.#directory = directory;
    this.#lock = lock;
    this.#database = database;
  }

  static open(directory: string): MoveSource {
    const path = join(directory, "tidings.db");
    if (!existsSync(path))
      throw new MoveRefused(`${directory} holds no store: there is no tidings.db`, {
        hint: "Name the data folder of the server: --from, or TIDINGS_DATA_DIR",
      });
    const lock = lockDataDirectory(directory);
    try {
      const database = new DatabaseSync(path, { readOnly: true });
      database.exec(`pragma cache_size = ${-cacheMib * 1024}; pragma busy_timeout = 0; pragma query_only = on`);
      const source = new MoveSource(directory, lock, database);
      source.#refuseUnknown();
      return source;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  close(): void {
    this.#database.close();
    this.#lock.release();
  }

  /** The same for this installation whatever it holds and wherever it lies. */
  get identity(): string {
    const row = this.#get("select key, created_at, wrapped_address_key from environment order by id limit 1");
    if (row === undefined) throw new MoveRefused(`${this.#directory} holds nothing: no server has started on it`);
    const parts = [text(row, "key"), String(integer(row, "created_at")), text(row, "wrapped_address_key")];
    return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 32);
  }

  /** Another one means that somebody wrote to the files in between. */
  get state(): string {
    return ["tidings.db", "tidings.db-wal"]
      .map((name) => statSync(join(this.#directory, name), { throwIfNoEntry: false }))
      .map((file) => (file === undefined || file.size === 0 ? "-" : `${file.size}/${Math.trunc(file.mtimeMs)}`))
      .join(" ");
  }

  count({ name }: MovedTable): number {
    return integer(this.#get(`select count(*) as rows from ${name}`) ?? {}, "rows");
  }

  /** Rows after that key, as many as the bounds allow. */
  page(table: MovedTable, after: MovedKey | undefined, { rowsMax, bytesMax }: PageBounds): MovedPage {
    const statement = this.#database.prepare(pageSql(table, after !== undefined));
    statement.setReturnArrays(true);
    const rows: MovedRow[] = [];
    let bytes = 0;
    let isEnd = true;
    for (const found of statement.iterate(...(after ?? []), rowsMax + 1)) {
      if (rows.length >= rowsMax || bytes >= bytesMax) {
        isEnd = false;
        break;
      }
      const row = rowOf(table, found);
      for (const value of row) bytes += typeof value === "string" ? value.length : 8;
      rows.push(row);
    }
    const last = rows.at(-1);
    return { rows, last: last === undefined ? undefined : keyOf(table, last), isEnd };
  }

  /** Beginnings of all parts of that length that some row belongs to, ms. */
  partStarts(widthMs: number, firstIdOf: (timeMs: number) => string, partsMax: number): number[] {
    return partStarts(this.#database, { widthMs, firstIdOf, partsMax });
  }

  #get(sql: string, ...values: SqlValue[]): SqlRow | undefined {
    return this.#database.prepare(sql).get(...values);
  }

  #refuseUnknown(): void {
    const known = newestMigration();
    const row = this.#get("select coalesce(max(number), 0) as number from migration");
    const number = integer(row ?? {}, "number");
    if (number !== known)
      throw new MoveRefused(`${this.#directory} is at migration ${number}, this version reads ${known}`, {
        hint:
          number < known
            ? "Start a server of this version on it once, and stop it: that brings it up to date"
            : "A newer Tidings wrote it: move it with that one",
      });
  }
}
