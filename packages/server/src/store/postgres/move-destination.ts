import { MoveRefused } from "../sql/move-refused.ts";
import type { MovedKey, MovedPage, MovedRow, MovedTable } from "../sql/moved-table.ts";
import { movedTables } from "../sql/moved-tables.ts";
import { type ConnectionSettings, connect } from "./connection.ts";
import { refuseLosing } from "./durability.ts";
import { migrate } from "./migrate.ts";
import { completeMove, inTransaction } from "./move-end.ts";
import {
  forgetVerified,
  insertProgress,
  readProgress,
  type TableProgress,
  writeCopied,
  writeVerified,
} from "./move-progress.ts";
import { hasTable, refuseOthers, refuseWorkers } from "./move-refusals.ts";
import { insertRows, rowsBetween } from "./move-rows.ts";
import { type StoredMove, storedMove } from "./move-state.ts";
import { makeParts, partsOf } from "./parts.ts";
import { Session } from "./session.ts";
import { databaseNow } from "./worker-self.ts";

/** One move at a time on a database; how long a second one waits for the connection of the first to be given up. */
const lockNumber = 7_104_410;
const lockWaitMs = 10_000;

/** A database that a store is moved into, over one connection, which holds the lock of moves for as long as it is open. */
export class MoveDestination {
  readonly #sql: Session;
  readonly #end: () => Promise<void>;

  private constructor(sql: Session, end: () => Promise<void>) {
    this.#sql = sql;
    this.#end = end;
  }

  static async open(settings: ConnectionSettings): Promise<MoveDestination> {
    const client = await connect(settings, () => {});
    const destination = new MoveDestination(new Session(client), () => client.end());
    try {
      await destination.#lock();
      await refuseLosing(destination.#sql);
      return destination;
    } catch (error) {
      await destination.close();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#end().catch(() => {});
  }

  migrate(now: number): Promise<void> {
    return migrate(this.#sql, now);
  }

  /** What was moved in before; undefined also where the schema is not there yet. */
  async stored(): Promise<StoredMove | undefined> {
    return (await hasTable(this.#sql, "store_move")) ? storedMove(this.#sql) : undefined;
  }

  progress(): Promise<TableProgress[]> {
    return readProgress(this.#sql);
  }

  refuseOthers(tables: readonly MovedTable[]): Promise<void> {
    return refuseOthers(this.#sql, tables);
  }

  refuseWorkers(leaseMs: number): Promise<void> {
    return refuseWorkers(this.#sql, leaseMs);
  }

  /** From its commit on no process can work on the database, until the move is complete. */
  begin(move: Omit<StoredMove, "completedAt">, totals: ReadonlyMap<string, number>, leaseMs: number): Promise<void> {
    return this.#transaction(async (sql) => {
      await sql.exec("lock table worker in share row exclusive mode");
      await this.refuseWorkers(leaseMs);
      await this.refuseOthers(movedTables);
      await sql.run("delete from worker");
      await sql.run(
        `insert into store_move (source, place, source_state, started_at) values ($1, $2, $3, ${databaseNow})`,
        move.source,
        move.place,
        move.sourceState,
      );
      for (const [name, total] of totals) await insertProgress(sql, name, total);
    });
  }

  /** What was compared with another state of the source has to be compared again. */
  goOn(sourceState: string): Promise<void> {
    return this.#transaction(async (sql) => {
      await sql.run("update store_move set source_state = $1", sourceState);
      await forgetVerified(sql);
    });
  }

  async makeParts(starts: readonly number[], widthMs: number): Promise<number> {
    const known = new Set((await partsOf(this.#sql)).map(({ name }) => name));
    let made = 0;
    for (const start of starts) made += (await makeParts(this.#sql, known, start, widthMs)).length;
    return made;
  }

  /** Rows and how far they lead, in one transaction. */
  write(table: MovedTable, { rows }: MovedPage, progress: TableProgress): Promise<void> {
    return this.#transaction(async (sql) => {
      const inserted = rows.length === 0 ? undefined : insertRows(sql, table, rows);
      await Promise.all([inserted, writeCopied(sql, progress)]);
    });
  }

  rowsBetween(
    table: MovedTable,
    after: MovedKey | undefined,
    to: MovedKey | undefined,
    rowsMax: number,
  ): Promise<MovedRow[]> {
    return rowsBetween(this.#sql, table, { after, to }, rowsMax);
  }

  writeVerified(progress: TableProgress): Promise<void> {
    return writeVerified(this.#sql, progress);
  }

  complete(): Promise<void> {
    return completeMove(this.#sql);
  }

  #transaction(body: (sql: Session) => Promise<void>): Promise<void> {
    return inTransaction(this.#sql, body);
  }

  async #lock(): Promise<void> {
    try {
      await this.#sql.exec(
        `set lock_timeout = ${lockWaitMs}; select pg_advisory_lock(${lockNumber}); set lock_timeout = 0`,
      );
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "55P03")
        throw new MoveRefused("another tidings migrate-store is at work on the destination");
      throw error;
    }
  }
}
