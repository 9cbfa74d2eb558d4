import type { WorkerFacts } from "@tidings/contract/workers";
import { noFacts, type UnderWay, type Worker, type Workers } from "../../ports/workers.ts";
import { type Holding, published, type WayOf } from "./context.ts";
import type { Pool } from "./pool.ts";
import { releaseOrphans, releaseOwn, releaseWaiting } from "./release.ts";
import type { Session } from "./session.ts";
import { withSession } from "./with-session.ts";
import { beat, registerWorker, takeOut, takeOutNeighbours, takeOutSilent } from "./worker-calls.ts";
import { WorkerJudge } from "./worker-judge.ts";
import { workerOfRow } from "./worker-row.ts";
import { type BeatListener, databaseNow, type Self, type WorkerSettings } from "./worker-self.ts";

/** Heartbeats that may be missing before a worker counts as late: one alone is a busy moment. */
const lateBeats = 3;

const listedSql = `select *, ${databaseNow} - heartbeat_at as age_ms from worker order by number`;

/**
 * This process among the workers. Its rows carry its number, and are its own for as long as its heartbeat is heard: a lease
 * on the process in place of one on every row. Whoever finds a heartbeat missing for a whole lease takes that worker out,
 * and its rows are anybody's. A worker that was stopped meanwhile finds itself gone and comes back under a new number; what
 * it does with rows that are another's now is fenced by the compare-and-set of every call.
 *
 *   working ── leave ──▶ leaving: it holds nothing new, and what it has begun ── stop ──▶ stopped: it holds nothing
 */
export class WorkerRegistry implements Holding, Workers {
  readonly #pool: Pool;
  readonly #self: Self;
  readonly #settings: WorkerSettings;
  readonly #onFault: (error: unknown) => void;
  #number = 0;
  #wayOf: WayOf = () => "free";
  #facts: () => WorkerFacts = () => noFacts;
  #beats: BeatListener = { sends: () => {}, wrote: () => {} };
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> = Promise.resolve();
  readonly #judge: WorkerJudge;
  /** What it has begun; asked once it leaves. */
  #underWay: (() => UnderWay) | undefined;
  #stopped = false;

  constructor(pool: Pool, self: Self, settings: WorkerSettings, onFault: (error: unknown) => void) {
    this.#pool = pool;
    this.#self = self;
    this.#settings = settings;
    this.#judge = new WorkerJudge(settings.leaseMs);
    this.#onFault = onFault;
  }

  get number(): number {
    return this.#number;
  }

  holderOf(kind: "events" | "runs" | "delivery"): number {
    const way = this.#wayOf(kind);
    if (way === "published") return published;
    return way === "held" && !this.#stopped && this.#underWay === undefined ? this.#number : 0;
  }

  /** Tells what becomes of new rows: in this process's memory at once, given to a broker, or free. */
  holdWhere(wayOf: WayOf): void {
    this.#wayOf = wayOf;
  }

  /** Tells what this process has in hand; asked with each heartbeat. */
  describeWith(facts: () => WorkerFacts): void {
    this.#facts = facts;
  }

  /** To be called before the start. */
  tellBeats(beats: BeatListener): void {
    this.#beats = beats;
  }

  async start(): Promise<void> {
    await withSession(this.#pool, "critical", async (sql) => {
      await this.#register(sql);
      await takeOutNeighbours(sql, this.#self.place);
      await releaseOrphans(sql);
    });
    this.#judge.begin(performance.now());
    this.#arm();
  }

  async list(): Promise<readonly Worker[]> {
    const rows = await withSession(this.#pool, "critical", (sql) => sql.all(listedSql));
    return rows.map((row) => workerOfRow(row, lateBeats * this.#settings.heartbeatMs));
  }

  /** Gives others what waits here, so that they need not wait for the end of what is under way. Nothing new is held. */
  async leave(underWay: () => UnderWay): Promise<void> {
    this.#underWay = underWay;
    try {
      await withSession(this.#pool, "critical", (sql) => releaseWaiting(sql, this.#number, underWay()));
    } catch (error) {
      this.#onFault(error); // The next heartbeat does it.
    }
  }

  /** Gives back all that it holds. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#beating;
    try {
      await withSession(this.#pool, "critical", async (sql) => {
        await takeOut(sql, this.#number);
        await releaseOwn(sql, this.#number);
      });
    } catch (error) {
      this.#onFault(error); // The lease ends by itself.
    }
  }

  async #register(sql: Session): Promise<void> {
    const sentAt = performance.now();
    this.#beats.sends(sentAt);
    const { number, heartbeatAt } = await registerWorker(sql, this.#self);
    this.#number = number;
    this.#beats.wrote(heartbeatAt, sentAt);
  }

  #arm(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#beating = this.#beat().finally(() => this.#arm());
    }, this.#settings.heartbeatMs);
  }

  async #beat(): Promise<void> {
    try {
      await withSession(this.#pool, "critical", async (sql) => {
        const sentAt = performance.now();
        this.#beats.sends(sentAt);
        const heartbeatAt = await beat(sql, this.#number, JSON.stringify(this.#facts()));
        if (heartbeatAt === undefined) await this.#register(sql);
        else this.#beats.wrote(heartbeatAt, sentAt);
        if (this.#judge.mayJudge(performance.now())) await takeOutSilent(sql, this.#number, this.#settings.leaseMs);
        await releaseOrphans(sql);
        // A look that was under way may have taken more, and there may be more than one round releases.
        if (this.#underWay !== undefined) await releaseWaiting(sql, this.#number, this.#underWay());
      });
    } catch (error) {
      this.#onFault(error);
    }
  }
}
