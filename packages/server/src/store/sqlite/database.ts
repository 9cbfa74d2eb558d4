import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from "@photostructure/sqlite";
import type { SqlRow, SqlValue } from "../sql/columns.ts";

export interface DatabaseSettings {
  /** Page cache, MiB. */
  cacheMib: number;
  /** Pages in the write-ahead log after which it is carried over into the database file. */
  checkpointPages: number;
}

/** The write-ahead log of a database in a file. */
export const logOf = (path: string): string => `${path}-wal`;

/**
 * One connection with its prepared statements. Synchronous: it belongs to the store's thread, or to the simulation.
 * Statements are found by their text, so each call may keep its SQL where it is used; as a constant, for V8 hashes that once:
 * a text that is put together for each row cost 3 to 5 µs.
 */
export class Database {
  readonly #database: DatabaseSyncInstance;
  readonly #statements = new Map<string, StatementSyncInstance>();

  /** `path` is a file or `:memory:`. */
  constructor(path: string, settings: DatabaseSettings) {
    this.#database = new DatabaseSync(path);
    this.#database.exec(`
      pragma page_size = 8192;
      pragma journal_mode = wal;
      pragma synchronous = full;
      pragma cache_size = ${-settings.cacheMib * 1024};
      pragma wal_autocheckpoint = ${settings.checkpointPages};
      pragma temp_store = memory;
      pragma foreign_keys = off;
      pragma busy_timeout = 0;`);
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  /** One statement without values or rows, prepared like the others: `exec` parses its text each time. */
  step(sql: string): void {
    this.#statement(sql).run();
  }

  /** Gives how many rows changed. */
  run(sql: string, ...values: SqlValue[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  get(sql: string, ...values: SqlValue[]): SqlRow | undefined {
    return this.#statement(sql).get(...values);
  }

  all(sql: string, ...values: SqlValue[]): SqlRow[] {
    return this.#statement(sql).all(...values);
  }

  /** Rows written since it was opened; those rolled back count too. */
  get changes(): number {
    return Number(this.get("select total_changes() as changes")?.["changes"]);
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #statement(sql: string): StatementSyncInstance {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
