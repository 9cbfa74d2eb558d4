import type { Leases } from "../../ports/workers.ts";
import type { Pool } from "./pool.ts";
import { withSession } from "./with-session.ts";
import { databaseNow } from "./worker-self.ts";

const heldSql = `insert into lease as l (name, node, until) values ($1, $2, ${databaseNow} + $3::bigint)
  on conflict (name) do update set node = excluded.node, until = excluded.until
  where l.node = excluded.node or l.until <= ${databaseNow}`;

/** Leases as rows, by the database's clock. */
export class PostgresLeases implements Leases {
  readonly #pool: Pool;
  readonly #node: string;

  constructor(pool: Pool, node: string) {
    this.#pool = pool;
    this.#node = node;
  }

  async hold(name: string, forMs: number): Promise<boolean> {
    const held = await withSession(this.#pool, "transactional", (sql) => sql.run(heldSql, name, this.#node, forMs));
    return held === 1;
  }
}
