import type { WorkerFacts } from "@tidings/contract/workers";
import { isGone } from "../../lib/place.ts";
import { noFacts, type Worker, type Workers } from "../../ports/workers.ts";
import { integer } from "../sql/columns.ts";
import type { Holding } from "./context.ts";
import type { Pool } from "./pool.ts";
import { releaseOrphans, releaseOwn } from "./release.ts";
import type { Session } from "./session.ts";
import { workerOfRow } from "./worker-row.ts";
import { databaseNow, type Self, type WorkerSettings } from "./worker-self.ts";

/** Heartbeats that may be missing before a worker counts as late: one alone is a busy moment. */
const lateBeats = 3;

const listedSql = `select *, ${databaseNow} - heartbeat_at as age_ms from worker order by number`;
const beatSql = `update worker set heartbeat_at = ${databaseNow}, facts = $2 where number = $1`;

/**
 * This process among the workers. Its rows carry its number, and are its own for as long as its heartbeat is heard: a lease
 * on the process in place of one on every row. Whoever finds a heartbeat missing for a whole lease takes that worker out,
 * and its rows are anybody's. A worker that was stopped meanwhile finds itself gone and comes back under a new number; what
 * it does with rows that are another's now is fenced by the compare-and-set of every call.
 */
export class WorkerRegistry implements Holding, Workers {
  readonly #pool: Pool;
  readonly #self: Self;
  readonly #settings: WorkerSettings;
  readonly #onFault: (error: unknown) => void;
  #number = 0;
  #mayHold: (kind: "events" | "runs" | "delivery") => boolean = () => false;
  #facts: () => WorkerFacts = () => noFacts;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(pool: Pool, self: Self, settings: WorkerSettings, onFault: (error: unknown) => void) {
    this.#pool = pool;
    this.#self = self;
    this.#settings = settings;
    this.#onFault = onFault;
  }

  get number(): number {
    return this.#number;
  }

  holderOf(kind: "events" | "runs" | "delivery"): number {
    return !this.#stopped && this.#mayHold(kind) ? this.#number : 0;
  }

  /** Tells which new rows this process has in its memory at once: of roles that it runs, while there is room. */
  holdWhere(mayHold: (kind: "events" | "runs" | "delivery") => boolean): void {
    this.#mayHold = mayHold;
  }

  /** Tells what this process has in hand; asked with each heartbeat. */
  describeWith(facts: () => WorkerFacts): void {
    this.#facts = facts;
  }

  async start(): Promise<void> {
    await this.#with(async (sql) => {
      await this.#register(sql);
      await this.#takeOutNeighbours(sql);
    });
    this.#arm();
  }

  async list(): Promise<readonly Worker[]> {
    const rows = await this.#with((sql) => sql.all(listedSql));
    return rows.map((row) => workerOfRow(row, lateBeats * this.#settings.heartbeatMs));
  }

  /** Gives back what it holds, so that others need not wait for the lease to end. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#beating;
    try {
      await this.#with(async (sql) => {
        await sql.run("delete from worker where number = $1", this.#number);
        await releaseOwn(sql, this.#number);
      });
    } catch (error) {
      // The lease ends by itself.
      this.#onFault(error);
    }
  }

  #arm(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#beating = this.#beat().finally(() => this.#arm());
    }, this.#settings.heartbeatMs);
  }

  async #beat(): Promise<void> {
    try {
      await this.#with(async (sql) => {
        const beaten = await sql.run(beatSql, this.#number, JSON.stringify(this.#facts()));
        if (beaten === 0) await this.#register(sql);
        await sql.run(`delete from worker where heartbeat_at < ${databaseNow} - $1::bigint`, this.#settings.leaseMs);
        await releaseOrphans(sql);
      });
    } catch (error) {
      this.#onFault(error);
    }
  }

  /** A process that was killed on this machine need not be waited for: its number is nobody's. */
  async #takeOutNeighbours(sql: Session): Promise<void> {
    const { place } = this.#self;
    if (place === "") return;
    const neighbours = await sql.all("select number, pid from worker where place = $1", place);
    for (const row of neighbours) {
      if (isGone(integer(row, "pid"))) await sql.run("delete from worker where number = $1", integer(row, "number"));
    }
    await releaseOrphans(sql);
  }

  async #register(sql: Session): Promise<void> {
    const { node, roles, version, host, pid, place } = this.#self;
    const row = await sql.get(
      `insert into worker (node, roles, version, host, pid, place, started_at, heartbeat_at)
       values ($1, $2, $3, $4, $5, $6, ${databaseNow}, ${databaseNow})
       on conflict (node) do update set heartbeat_at = excluded.heartbeat_at returning number`,
      node,
      roles.join(","),
      version,
      host,
      pid,
      place,
    );
    this.#number = integer(row ?? {}, "number");
  }

  async #with<T>(work: (sql: Session) => Promise<T>): Promise<T> {
    const lent = await this.#pool.take("critical");
    try {
      const result = await work(lent.session);
      lent.release(false);
      return result;
    } catch (error) {
      lent.release(true);
      throw error;
    }
  }
}
