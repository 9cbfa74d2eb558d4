import { type buildConnector, Pool } from "undici";

export interface OriginPoolLimits {
  originsMax: number;
  connectionsPerOriginMax: number;
  pendingPerOriginMax: number;
  headersBytesMax: number;
  keepAliveMs: number;
}

/** The connections to one origin, and how many requests are under way or waiting on them. */
export interface OriginPool {
  readonly pool: Pool;
  pending: number;
}

/**
 * A bounded number of connection pools, one per origin. The map's order is that of last use, so the first one without work
 * is the one to give up; where all have work, the newcomer is refused.
 */
export class OriginPools {
  readonly #pools = new Map<string, OriginPool>();
  readonly #limits: OriginPoolLimits;
  readonly #connect: buildConnector.connector;
  /** The origin used last, which most calls in a row share: saves moving it to the end each time. */
  #last = "";

  constructor(limits: OriginPoolLimits, connect: buildConnector.connector) {
    this.#limits = limits;
    this.#connect = connect;
  }

  get size(): number {
    return this.#pools.size;
  }

  has(origin: string): boolean {
    return this.#pools.has(origin);
  }

  /** The pool of the origin, counted up by one; undefined where a limit is reached. */
  take(origin: string): OriginPool | undefined {
    const known = this.#pools.get(origin);
    if (known === undefined && this.#pools.size >= this.#limits.originsMax && !this.#evictIdle()) return undefined;
    const taken = known ?? { pool: this.#open(origin), pending: 0 };
    if (taken.pending >= this.#limits.pendingPerOriginMax) return undefined;
    taken.pending += 1;
    if (this.#last !== origin) {
      this.#pools.delete(origin);
      this.#pools.set(origin, taken);
      this.#last = origin;
    }
    return taken;
  }

  /** Ends the connections; requests under way are finished first. */
  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map(({ pool }) => pool.close()));
  }

  #open(origin: string): Pool {
    return new Pool(origin, {
      connect: this.#connect,
      connections: this.#limits.connectionsPerOriginMax,
      // a second request behind an unanswered one would be lost with it
      pipelining: 1,
      maxHeaderSize: this.#limits.headersBytesMax,
      keepAliveTimeout: this.#limits.keepAliveMs,
      // the call's own clock covers the whole of it
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  #evictIdle(): boolean {
    for (const [origin, { pool, pending }] of this.#pools) {
      if (pending > 0) continue;
      this.#pools.delete(origin);
      if (this.#last === origin) this.#last = "";
      void pool.close();
      return true;
    }
    return false;
  }
}
