import type { Origin } from "./bounded-origins.ts";
import type { Http2Connection } from "./http2-connect.ts";
import type { Http2Job } from "./http2-job.ts";
import { Http2Session, type Http2SessionLimits } from "./http2-session.ts";
import { type RefusedCode, refusedCodeOf } from "./outbound-faults.ts";

/**
 * The one connection to an origin, and the line of requests that wait for a stream on it. A connection that ends makes room
 * for the next, which is opened when a request wants it; where one cannot be opened, or ends before it carried anything, all
 * that wait are refused.
 */
export class Http2Origin implements Origin {
  pending = 0;
  readonly #limits: Http2SessionLimits;
  readonly #open: () => Promise<Http2Connection>;
  /** In order; a set, as those that are settled leave from the middle. */
  readonly #waiting = new Set<Http2Job>();
  #current: Http2Session | undefined;
  #isOpening = false;
  #drained: (() => void) | undefined;
  #isClosed = false;

  constructor(limits: Http2SessionLimits, open: () => Promise<Http2Connection>) {
    this.#limits = limits;
    this.#open = open;
  }

  add(job: Http2Job): void {
    this.#waiting.add(job);
    this.#pump();
  }

  /** Its result is there. */
  settled(job: Http2Job): void {
    this.#waiting.delete(job);
    this.pending -= 1;
    if (this.pending === 0) this.#drained?.();
  }

  async close(): Promise<void> {
    if (this.pending > 0) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    }
    this.#isClosed = true;
    this.#current?.close();
  }

  #pump(): void {
    for (const job of this.#waiting) {
      const session = this.#current;
      if (session === undefined) this.#connect();
      else if (!session.isUsable) this.#ended(session);
      else if (session.hasRoom()) {
        this.#waiting.delete(job);
        send(session, job);
        continue;
      }
      return;
    }
  }

  #connect(): void {
    if (this.#isOpening || this.#isClosed) return;
    this.#isOpening = true;
    this.#open().then(
      (connection) => {
        this.#isOpening = false;
        this.#take(connection);
      },
      (error: unknown) => {
        this.#isOpening = false;
        this.#refuseAll(refusedCodeOf(error));
      },
    );
  }

  #take(connection: Http2Connection): void {
    const session = new Http2Session(connection, this.#limits, {
      onRoom: () => this.#pump(),
      onEnd: () => this.#ended(session),
      onUnprocessed: (job) => this.#sendAgain(job),
    });
    this.#current = session;
    // its end may have come with the settings, before anybody listened
    if (this.#isClosed) session.close();
    else if (session.isUsable) this.#pump();
    else this.#ended(session);
  }

  #ended(session: Http2Session): void {
    if (this.#current !== session) return;
    this.#current = undefined;
    // or connections would be made for ever to one who ends each of them
    if (session.carried) this.#pump();
    else this.#refuseAll("connect_failed");
  }

  #sendAgain(job: Http2Job): void {
    if (job.resent) {
      job.call.refuse("stream_refused");
      return;
    }
    job.resent = true;
    job.call.backToQueue();
    this.add(job);
  }

  #refuseAll(code: RefusedCode): void {
    for (const job of [...this.#waiting]) job.call.refuse(code);
  }
}

function send(session: Http2Session, job: Http2Job): void {
  try {
    session.send(job);
  } catch (error) {
    job.call.refuse(refusedCodeOf(error));
  }
}
