import type { ClientHttp2Session } from "node:http2";
import type { Http2Connection } from "./http2-connect.ts";

export interface Http2PulseLimits {
  /** Between two looks at whether the peer is still there. */
  pingIntervalMs: number;
  /** A peer that has not answered a ping by then is gone. */
  pingTimeoutMs: number;
}

/** Whether the peer of a connection is still there: a TCP connection alone tells of its death after minutes. */
export class Http2Pulse {
  readonly #session: ClientHttp2Session;
  readonly #connection: Http2Connection;
  readonly #limits: Http2PulseLimits;
  readonly #onAnswer: () => void;
  #asking: NodeJS.Timeout | undefined;
  #seenAt = performance.now();

  constructor(connection: Http2Connection, limits: Http2PulseLimits, onAnswer: () => void) {
    this.#session = connection.session;
    this.#connection = connection;
    this.#limits = limits;
    this.#onAnswer = onAnswer;
  }

  /** The peer gave a sign of life a moment ago. */
  get isFresh(): boolean {
    return performance.now() - this.#seenAt < this.#limits.pingIntervalMs;
  }

  seen(): void {
    this.#seenAt = performance.now();
  }

  /** One question at a time; where no answer comes the connection is broken off. */
  ask(): void {
    if (this.#asking !== undefined || this.#session.destroyed) return;
    const timer = setTimeout(() => {
      // where this process itself was held up, the answer lies there to be read
      setImmediate(() => {
        if (this.#asking === timer) this.breakOff();
      });
    }, this.#limits.pingTimeoutMs);
    this.#asking = timer;
    this.#session.ping((error) => {
      clearTimeout(timer);
      this.#asking = undefined;
      if (error !== null) return;
      this.seen();
      this.#onAnswer();
    });
  }

  /** A session would wait until all is written, and nobody reads any more. */
  breakOff(): void {
    this.#connection.socket.destroy();
  }
}
