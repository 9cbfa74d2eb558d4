import type { Clock, Timer } from "../ports/clock.ts";

/** A connection as PostgreSQL's client has it. */
export interface NotifyingConnection {
  query(text: string, values?: unknown[]): Promise<unknown>;
  on(event: "notification", receive: (message: { payload?: string | undefined }) => void): unknown;
  end(): Promise<void>;
}

export interface KeptConnectionParts {
  /** Makes a connection; `onEnd` is told when it is lost. */
  connect(onEnd: () => void): Promise<NotifyingConnection>;
  clock: Pick<Clock, "after">;
  /** What is run on each connection before it is used. */
  sessionSql: string;
  onPayload: (payload: string) => void;
  /** There is a connection: the first, or again one. */
  onOpen: (isFirst: boolean) => void;
}

const reconnectMs = 100;
const reconnectMaxMs = 2000;
const askEveryMs = 10_000;
const answerMaxMs = 5000;

/** One connection that listens, made again, later each time, for as long as it is wanted. */
export class KeptConnection {
  readonly #parts: KeptConnectionParts;
  #open: NotifyingConnection | undefined;
  #isFirst = true;
  #failures = 0;
  #closed = false;
  /** Of the next question to the connection or, where there is none, of the next try to make one. */
  #timer: Timer | undefined;

  constructor(parts: KeptConnectionParts) {
    this.#parts = parts;
  }

  /** Undefined while there is none. */
  get open(): NotifyingConnection | undefined {
    return this.#open;
  }

  /** Resolves with the first connection; that it could not be made is left to the caller. */
  async start(): Promise<void> {
    const { connect, sessionSql, onPayload, onOpen } = this.#parts;
    let made: NotifyingConnection | undefined;
    const connection = await connect(() => this.#lost(made));
    try {
      connection.on("notification", ({ payload }) => onPayload(payload ?? ""));
      await connection.query(sessionSql);
      if (this.#closed) throw new Error("closed meanwhile");
    } catch (error) {
      void connection.end().catch(() => {});
      throw error;
    }
    made = connection;
    this.#open = connection;
    this.#failures = 0;
    this.#watch(connection);
    onOpen(this.#isFirst);
    this.#isFirst = false;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    const connection = this.#open;
    this.#open = undefined;
    await connection?.end().catch(() => {});
  }

  #lost(connection: NotifyingConnection | undefined): void {
    if (connection === undefined || this.#open !== connection) return;
    this.#open = undefined;
    this.#startAgain();
  }

  #startAgain(): void {
    this.#timer?.cancel();
    if (this.#closed) return;
    const waitMs = Math.min(reconnectMaxMs, reconnectMs * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    this.#timer = this.#parts.clock.after(waitMs, () => void this.start().catch(() => this.#startAgain()));
  }

  /** The other side may be gone without a word, and who only listens would wait for ever: so it is asked. */
  #watch(connection: NotifyingConnection): void {
    const { clock } = this.#parts;
    this.#timer = clock.after(askEveryMs, () => {
      const limit = clock.after(answerMaxMs, () => {
        this.#lost(connection);
        void connection.end().catch(() => {});
      });
      this.#timer = limit;
      const answered = (): void => {
        limit.cancel();
        if (this.#open === connection && !this.#closed) this.#watch(connection);
      };
      connection.query("select 1").then(answered, () => {});
    });
  }
}
