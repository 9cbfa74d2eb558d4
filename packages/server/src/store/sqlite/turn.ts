import { type Lane, lanes } from "@tidings/contract/words";
import { StatisticSums } from "../sql/statistics.ts";
import { calls } from "./calls.ts";
import type { CallContext, CallName } from "./context.ts";
import type { Database } from "./database.ts";
import { writeStatistics } from "./statistics.ts";
import { WebhookOutbox } from "./webhook-outbox.ts";

/** A call on its way into the engine. */
export interface StoreRequest {
  id: number;
  call: CallName;
  lane: Lane;
  input: unknown;
}

export type StoreReply =
  | { id: number; status: "done"; result: unknown }
  | { id: number; status: "failed"; message: string };

export interface TurnLimits {
  /** A turn takes no further call after this long, ms. */
  turnMs: number;
  /** Calls in one turn. */
  turnCallsMax: number;
}

/**
 * Turns: the engine's unit of durability (group commit).
 *
 *   waiting ── begin ──▶ executed ── commit ──▶ answered
 *
 * A turn takes what waits, most urgent lane first, executes each call in a savepoint of its own, commits once, and
 * only then answers; on a thread nobody hears of the answers before the commit is synced. Invariants: no answer before the
 * commit that covers it; a call that throws leaves nothing behind and does not touch its neighbours; where the commit
 * fails, every call of the turn failed. Each turn lets one call of every waiting lane in, so that a busy lane cannot
 * starve another.
 */
export class TurnRunner {
  readonly #database: Database;
  readonly #limits: TurnLimits;
  readonly #monotonic: () => number;
  readonly #waiting: Record<Lane, StoreRequest[]> = { critical: [], transactional: [], marketing: [] };
  readonly #statistics = new StatisticSums();
  readonly #context: CallContext;

  constructor(database: Database, limits: TurnLimits, monotonic: () => number) {
    this.#database = database;
    this.#limits = limits;
    this.#monotonic = monotonic;
    this.#context = {
      database,
      webhooks: new WebhookOutbox(database),
      count: this.#statistics.add,
    };
  }

  get waiting(): number {
    return lanes.reduce((sum, lane) => sum + this.#waiting[lane].length, 0);
  }

  enqueue(request: StoreRequest): void {
    this.#waiting[request.lane].push(request);
  }

  /** Runs one turn. `between` is told of each durable step's edges, so that a simulation can crash there by throwing. */
  run(answer: (reply: StoreReply) => void, between: (point: "executed" | "committed") => void = () => {}): void {
    const { requests, firsts } = this.#take();
    const replies: StoreReply[] = [];
    const until = this.#monotonic() + this.#limits.turnMs;
    try {
      this.#database.step("begin immediate");
      for (const request of requests) {
        if (replies.length >= firsts && this.#monotonic() >= until) break;
        replies.push(this.#execute(request));
        between("executed");
      }
      this.#giveBack(requests.splice(replies.length));
      writeStatistics(this.#database, this.#statistics);
      this.#database.step("commit");
    } catch (error) {
      this.#statistics.clear();
      this.#context.webhooks.forget();
      this.#rollback();
      if (error instanceof SimulatedCrash) throw error;
      for (const request of requests) answer({ id: request.id, status: "failed", message: messageOf(error) });
      return;
    }
    between("committed");
    for (const reply of replies) answer(reply);
  }

  /** `firsts`: how many of them, in front, are the one that each waiting lane is let in with, however long they take. */
  #take(): { requests: StoreRequest[]; firsts: number } {
    const requests: StoreRequest[] = [];
    for (const lane of lanes) {
      const first = this.#waiting[lane].shift();
      if (first !== undefined) requests.push(first);
    }
    const firsts = requests.length;
    for (const lane of lanes)
      requests.push(...this.#waiting[lane].splice(0, Math.max(0, this.#limits.turnCallsMax - requests.length)));
    return { requests, firsts };
  }

  #giveBack(requests: readonly StoreRequest[]): void {
    for (const request of requests.toReversed()) this.#waiting[request.lane].unshift(request);
  }

  #execute(request: StoreRequest): StoreReply {
    this.#database.step("savepoint call");
    try {
      const call = calls[request.call] as (context: CallContext, input: unknown) => unknown;
      const result = call(this.#context, request.input);
      this.#database.step("release call");
      this.#statistics.keep();
      return { id: request.id, status: "done", result };
    } catch (error) {
      this.#statistics.discard();
      this.#context.webhooks.forget();
      this.#database.exec("rollback to call; release call");
      return { id: request.id, status: "failed", message: messageOf(error) };
    }
  }

  #rollback(): void {
    try {
      this.#database.exec("rollback");
    } catch {
      // SQLite has rolled back already, as it does on a full disk.
    }
  }
}

/** Thrown by a simulation to stop a process between two steps. */
export class SimulatedCrash extends Error {
  override name = "SimulatedCrash";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
