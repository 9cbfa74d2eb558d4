import { integerOrNull } from "../../sql/columns.ts";
import type { Session } from "../session.ts";
import type { Heartbeats } from "./heartbeats.ts";
import { Unfit } from "./unfit.ts";

const lookSql =
  "select pg_is_in_recovery() as standby, (select heartbeat_at from worker where node = $1) as heartbeat_at";

/**
 * Tells whether what a connection reads next is of late. It looks for this process's own heartbeat, which is written to the
 * primary and to nowhere else: a server that shows it is a copy of the same database, however it came to be one.
 * `pg_last_xact_replay_timestamp` stands still with an idle primary, positions of the log say nothing about time, and
 * neither is there on every service; both would leave open whose copy it is.
 */
export class Freshness {
  readonly #node: string;
  readonly #heartbeats: Heartbeats;
  readonly #lagMaxMs: number;

  constructor(node: string, heartbeats: Heartbeats, lagMaxMs: number) {
    this.#node = node;
    this.#heartbeats = heartbeats;
    this.#lagMaxMs = lagMaxMs;
  }

  /** How far the server is behind at most, ms. Rejects with `Unfit`. */
  async look(sql: Session): Promise<number> {
    const row = (await sql.get(lookSql, this.#node)) ?? {};
    if (row["standby"] !== true) throw new Unfit("no_standby", "it is no standby");
    const heartbeatAt = integerOrNull(row, "heartbeat_at");
    const behindMs = heartbeatAt === null ? undefined : this.#heartbeats.ageOf(heartbeatAt, performance.now());
    if (behindMs === undefined)
      throw new Unfit("behind", `it shows no heartbeat of this process of the last ${this.#lagMaxMs} ms`);
    if (behindMs > this.#lagMaxMs)
      throw new Unfit("behind", `it is ${Math.round(behindMs)} ms behind, and may be ${this.#lagMaxMs}`, behindMs);
    return behindMs;
  }
}
