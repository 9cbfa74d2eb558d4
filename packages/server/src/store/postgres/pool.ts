import { type Lane, lanes } from "@tidings/contract/words";
import type { Client } from "pg";
import { StoreUnavailable } from "../sql/unavailable.ts";
import { connect } from "./connection.ts";
import type { Lent, PoolSettings } from "./lent.ts";
import { Session } from "./session.ts";

interface Waiting {
  resolve: (lent: Lent) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

/** Share of the connections that a lane may hold, so that there is one for what is more urgent. */
const share: Record<Lane, number> = { critical: 1, transactional: 0.9, marketing: 0.7 };
const reconnectMs = 100;
const reconnectMaxMs = 1000;

/**
 * Connections, lent one call at a time, most urgent lane first. A connection that is lost is made again, for as long as
 * somebody waits for one: so a server that comes back is found by itself. Bounded in connections, waiters and time.
 */
export class Pool {
  readonly #settings: PoolSettings;
  readonly #idle: Client[] = [];
  readonly #waiting: Record<Lane, Waiting[]> = { critical: [], transactional: [], marketing: [] };
  readonly #lent: Record<Lane, number> = { critical: 0, transactional: 0, marketing: 0 };
  #open = 0;
  #connecting = 0;
  #failures = 0;
  #retry: NodeJS.Timeout | undefined;
  #lastError: Error | undefined;
  #ended = false;

  constructor(settings: PoolSettings) {
    this.#settings = settings;
  }

  take(lane: Lane): Promise<Lent> {
    if (this.#ended) return Promise.reject(new StoreUnavailable("the store is closed"));
    if (lanes.reduce((sum, each) => sum + this.#waiting[each].length, 0) >= this.#settings.waitingMax)
      return Promise.reject(new StoreUnavailable("too many calls wait for the store"));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#giveUp(lane, waiting), this.#settings.waitMaxMs);
      const waiting: Waiting = { resolve, reject, timer };
      this.#waiting[lane].push(waiting);
      this.#serve();
    });
  }

  /** What waits is refused; what is lent is closed when it comes back. */
  async end(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#retry);
    for (const lane of lanes) {
      for (const waiting of this.#waiting[lane].splice(0)) {
        clearTimeout(waiting.timer);
        waiting.reject(new StoreUnavailable("the store is closed"));
      }
    }
    await Promise.all(this.#idle.splice(0).map((client) => client.end().catch(() => {})));
  }

  #giveUp(lane: Lane, waiting: Waiting): void {
    const place = this.#waiting[lane].indexOf(waiting);
    if (place < 0) return;
    this.#waiting[lane].splice(place, 1);
    const reason = this.#lastError === undefined ? "its connections are all taken" : this.#lastError.message;
    waiting.reject(new StoreUnavailable(`the database could not be reached in time: ${reason}`));
  }

  #serve(): void {
    for (const lane of lanes) {
      while (this.#waiting[lane].length > 0 && this.#mayTake(lane)) {
        const client = this.#idle.pop();
        if (client === undefined) {
          this.#grow();
          return;
        }
        const waiting = this.#waiting[lane].shift();
        if (waiting !== undefined) this.#lend(client, lane, waiting);
      }
    }
  }

  #mayTake(lane: Lane): boolean {
    return this.#lent[lane] < Math.max(1, Math.floor(this.#settings.connectionsMax * share[lane]));
  }

  #lend(client: Client, lane: Lane, waiting: Waiting): void {
    clearTimeout(waiting.timer);
    this.#lent[lane] += 1;
    let released = false;
    waiting.resolve({
      session: new Session(client),
      release: (broken) => {
        if (released) return;
        released = true;
        this.#lent[lane] -= 1;
        if (broken || this.#ended) void client.end().catch(() => {});
        else this.#idle.push(client);
        this.#serve();
      },
    });
  }

  #grow(): void {
    if (this.#ended || this.#retry !== undefined || this.#open + this.#connecting >= this.#settings.connectionsMax)
      return;
    this.#connecting += 1;
    let client: Client | undefined;
    let lost = false;
    const onEnd = (): void => {
      lost = true;
      if (client === undefined) return;
      this.#open -= 1;
      const place = this.#idle.indexOf(client);
      if (place >= 0) this.#idle.splice(place, 1);
      this.#serve();
    };
    connect(this.#settings, onEnd).then(
      (made) => {
        this.#connecting -= 1;
        this.#failures = 0;
        this.#lastError = undefined;
        if (this.#ended || lost) {
          if (!lost) void made.end().catch(() => {});
          return;
        }
        client = made;
        this.#open += 1;
        this.#idle.push(made);
        this.#serve();
      },
      (error: Error) => this.#failed(error),
    );
  }

  #failed(error: Error): void {
    this.#connecting -= 1;
    this.#lastError = error;
    this.#failures += 1;
    if (this.#ended || this.#retry !== undefined) return;
    const waitMs = Math.min(reconnectMaxMs, reconnectMs * 2 ** Math.min(this.#failures - 1, 10));
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#serve();
    }, waitMs);
  }
}
