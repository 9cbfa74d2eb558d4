import type { Lane } from "@tidings/contract/words";
import type { WorkerReplica } from "@tidings/contract/workers";
import { within } from "../../../lib/within.ts";
import type { ReadContext } from "../context.ts";
import type { Pool } from "../pool.ts";
import type { Freshness } from "./freshness.ts";
import { readOnce } from "./read-once.ts";
import { asideFor } from "./unfit.ts";

export interface ReplicaSettings {
  /** A read that takes longer, with the wait for a connection, goes to the primary, ms. */
  timeoutMs: number;
  /** How long it is left alone once it was not fit, ms. */
  retryMs: number;
}

/** Who answered a read that a replica may answer: the primary where it was `aside`, or turned out not to be fit. */
export type ReadOutcome = "replica" | "aside" | "behind" | "no_standby" | "unavailable";

export interface ReplicaHooks {
  onRead(outcome: ReadOutcome): void;
  /** It is used from now on, or not any more, or not for another reason; `error` is why not. */
  onTurn(stand: WorkerReplica, error?: unknown): void;
}

/**
 * A standby, or one of several, that reads go to while it is fit: it answers in time, is in recovery and not too far behind.
 *
 *   aside ── a look finds it fit ──▶ used ── a read finds that it is not ──▶ aside, looked at again every retryMs
 *
 * Each read looks at that itself, so that none is of longer ago than it may be. While it is aside no read waits for it:
 * looks are made beside them. Whatever a read meets, its caller is told to ask the primary.
 */
export class Replica {
  readonly #pool: Pool;
  readonly #freshness: Freshness;
  readonly #settings: ReplicaSettings;
  readonly #hooks: ReplicaHooks;
  #stand: WorkerReplica = { state: "aside", reason: "unavailable" };
  #hasTurned = false;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(pool: Pool, freshness: Freshness, settings: ReplicaSettings, hooks: ReplicaHooks) {
    this.#pool = pool;
    this.#freshness = freshness;
    this.#settings = settings;
    this.#hooks = hooks;
  }

  get stand(): WorkerReplica {
    return this.#stand;
  }

  /** Looks for the first time, and resolves when it has; to be called once a heartbeat was written. */
  start(): Promise<void> {
    return this.#look();
  }

  /** Undefined where the primary is to be asked. */
  async read<T>(call: (context: ReadContext) => Promise<T>): Promise<{ value: T } | undefined> {
    if (this.#stand.state === "aside") {
      this.#hooks.onRead("aside");
      return undefined;
    }
    try {
      const answer = await this.#ask("transactional", call);
      this.#hooks.onRead("replica");
      return answer;
    } catch (error) {
      this.#hooks.onRead(asideFor(error).reason ?? "unavailable");
      this.#leaveAside(error);
      return undefined;
    }
  }

  async close(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#timer);
    await this.#pool.end();
  }

  /** Reads leave one connection to looks (`share` of the pool). */
  #ask<T>(lane: Lane, call: (context: ReadContext) => Promise<T>): Promise<{ value: T; behindMs: number }> {
    const asked = this.#pool.take(lane).then((lent) => readOnce(lent, this.#freshness, call));
    const noted = asked.then((answer) => {
      if (this.#stand.state === "used") this.#stand = { state: "used", behindMs: Math.round(answer.behindMs) };
      return answer;
    });
    return within(this.#settings.timeoutMs, noted);
  }

  async #look(): Promise<void> {
    try {
      const { behindMs } = await this.#ask("critical", async () => undefined);
      this.#turn({ state: "used", behindMs: Math.round(behindMs) });
    } catch (error) {
      this.#leaveAside(error);
    }
  }

  #leaveAside(error: unknown): void {
    if (this.#ended) return;
    this.#turn(asideFor(error), error);
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#look();
    }, this.#settings.retryMs);
  }

  #turn(stand: WorkerReplica, error?: unknown): void {
    const isNews = !this.#hasTurned || stand.state !== this.#stand.state || stand.reason !== this.#stand.reason;
    this.#stand = stand;
    this.#hasTurned = true;
    if (isNews && !this.#ended) this.#hooks.onTurn(stand, error);
  }
}
