import { type Lane, lanes } from "@tidings/contract/words";
import type { Client } from "pg";
import { StoreUnavailable } from "../sql/unavailable.ts";
import { connect } from "./connection.ts";
import type { Lent, PoolSettings } from "./lent.ts";
import { Session } from "./session.ts";
import { WaitingCalls } from "./waiting-calls.ts";

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
  readonly #waiting = new WaitingCalls();
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
    if (this.#waiting.size >= this.#settings.waitingMax)
      return Promise.reject(new StoreUnavailable("too many calls wait for the store"));
    const why = (): string => this.#lastError?.message ?? "its connections are all taken";
    const lent = this.#waiting.add(lane, this.#settings.waitMaxMs, why);
    this.#serve();
    return lent;
  }

  /** What waits is refused; what is lent is closed when it comes back. */
  async end(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#retry);
    this.#waiting.refuseAll(new StoreUnavailable("the store is closed"));
    await Promise.all(this.#idle.splice(0).map((client) => client.end().catch(() => {})));
  }

  #serve(): void {
    for (const lane of lanes) {
      while (this.#waiting.isWaiting(lane) && this.#mayTake(lane)) {
        const client = this.#idle.pop();
        if (client === undefined) {
          this.#grow();
          return;
        }
        const give = this.#waiting.next(lane);
        if (give !== undefined) this.#lend(client, lane, give);
      }
    }
  }

  #mayTake(lane: Lane): boolean {
    return this.#lent[lane] < Math.max(1, Math.floor(this.#settings.connectionsMax * share[lane]));
  }

  #lend(client: Client, lane: Lane, give: (lent: Lent) => void): void {
    this.#lent[lane] += 1;
    let released = false;
    give({
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
    if (this.#settings.impatient === true) {
      this.#waiting.refuseAll(
        new StoreUnavailable(`the database cannot be reached: ${error.message}`, { cause: error }),
      );
      return;
    }
    if (this.#ended || this.#retry !== undefined) return;
    const waitMs = Math.min(reconnectMaxMs, reconnectMs * 2 ** Math.min(this.#failures - 1, 10));
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#serve();
    }, waitMs);
  }
}
