import { integer, text } from "../sql/columns.ts";
import type { Pool } from "./pool.ts";
import { databaseNow } from "./worker-self.ts";

const lockedSql = `select state, ${databaseNow} as now from rate_window where key = $1 for update`;

/** One row per rate, locked while it is changed; times are of the database's clock. */
export class RateStates<State extends object> {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async change<T>(
    key: string,
    change: (state: State | undefined, now: number) => { state: State; result: T },
  ): Promise<T> {
    const lent = await this.#pool.take("critical");
    const sql = lent.session;
    try {
      // What a crash loses here is of no worth after it: the commit waits for no disk.
      const begun = sql.exec("begin; set local synchronous_commit = off");
      const there = sql.run("insert into rate_window (key, state) values ($1, '') on conflict do nothing", key);
      const [, , row] = await Promise.all([begun, there, sql.get(lockedSql, key)]);
      if (row === undefined) throw new Error("an insert left no row");
      const known = text(row, "state");
      const { state, result } = change(known === "" ? undefined : JSON.parse(known), integer(row, "now"));
      const written = sql.run("update rate_window set state = $2 where key = $1", key, JSON.stringify(state));
      await Promise.all([written, sql.exec("commit")]);
      lent.release(false);
      return result;
    } catch (error) {
      lent.release(true);
      throw error;
    }
  }
}
