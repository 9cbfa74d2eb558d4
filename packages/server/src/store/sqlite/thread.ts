import { closeSync, fdatasync, openSync } from "node:fs";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import type { Lane } from "@tidings/contract/words";
import type { Store } from "../../ports/store/store.ts";
import { StoreUnavailable } from "../sql/unavailable.ts";
import type { CallName } from "./context.ts";
import { logOf } from "./database.ts";
import { LogSync } from "./log-sync.ts";
import { Outbox, type OutboxLimits } from "./outbox.ts";
import { startWorker } from "./start-worker.ts";
import { storeOfCalls } from "./store-of-calls.ts";
import { UnansweredCalls } from "./unanswered-calls.ts";
import type { CommittedTurn, FromWorker } from "./worker.ts";

export interface SqliteSettings extends OutboxLimits {
  directory: string;
  cacheMib: number;
  checkpointPages: number;
  turnMs: number;
  turnCallsMax: number;
  /** Calls that may wait for the thread; beyond it they are refused at once. */
  waitingMax: number;
}

export interface SqliteHooks {
  /** After each turn: how long it took until it was durable, and how many calls it answered. */
  onTurn(turnMs: number, calls: number): void;
  /** The thread ended by itself, or the disk did not sync what was committed: nothing can be stored any more. */
  onFault(error: Error): void;
}

/** A turn that is told of when the log is synced behind it. */
interface HeldTurn extends Pick<CommittedTurn, "replies" | "turnMs"> {
  committedAt: number;
}

/** The embedded store on a thread of its own: a promise for each call, answered when the turn that holds it is durable. */
class SqliteThread {
  readonly #worker: Worker;
  readonly #settings: SqliteSettings;
  readonly #hooks: SqliteHooks;
  readonly #waiting = new UnansweredCalls();
  readonly #outbox: Outbox;
  readonly #log: number;
  readonly #sync: LogSync<HeldTurn>;
  #ended: Error | undefined;
  #closed: (() => void) | undefined;
  /** The thread has closed the database, and so synced it. */
  #hasClosed = false;
  #closing: Promise<void> | undefined;

  constructor(worker: Worker, settings: SqliteSettings, hooks: SqliteHooks) {
    this.#worker = worker;
    this.#settings = settings;
    this.#hooks = hooks;
    this.#outbox = new Outbox((requests) => worker.postMessage({ requests }), settings);
    this.#log = openSync(logOf(join(settings.directory, "tidings.db")), "r+");
    this.#sync = new LogSync((done) => fdatasync(this.#log, done), {
      onDurable: (turns) => this.#durable(turns),
      onFault: (error) => this.#end(error),
    });
    worker.on("message", (message: FromWorker) => this.#receive(message));
    worker.on("error", (error) => this.#end(error instanceof Error ? error : new Error(String(error))));
    worker.on("exit", () => {
      if (!this.#hasClosed) this.#end(new StoreUnavailable("the store's thread has ended"));
    });
  }

  dispatch(call: CallName, input: unknown, lane: Lane): Promise<unknown> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (this.#waiting.size >= this.#settings.waitingMax)
      return Promise.reject(new StoreUnavailable("too many calls wait for the store"));
    return new Promise((resolve, reject) => {
      this.#outbox.add({ id: this.#waiting.add({ resolve, reject }), call, lane, input });
    });
  }

  /** The second call waits for the same end as the first. */
  async close(): Promise<void> {
    if (this.#ended === undefined) {
      this.#ended = new StoreUnavailable("the store is closed");
      this.#outbox.flush();
      this.#closing = new Promise<void>((resolve) => {
        this.#closed = resolve;
      });
      this.#worker.postMessage("close");
    }
    await this.#closing;
  }

  #receive(message: FromWorker): void {
    if (message.kind === "closed") {
      this.#hasClosed = true;
      this.#closeLog();
    }
    if (message.kind !== "turn") return;
    const { replies, turnMs, more, needs } = message;
    this.#outbox.answered(replies, more);
    this.#sync.add({ replies, turnMs, committedAt: performance.now() }, needs);
  }

  #durable(turns: readonly HeldTurn[]): void {
    const now = performance.now();
    for (const { replies, turnMs, committedAt } of turns) {
      for (const reply of replies) this.#waiting.answer(reply);
      this.#hooks.onTurn(turnMs + now - committedAt, replies.length);
    }
    this.#closeLog();
  }

  /** Once the thread has ended and all is told. */
  #closeLog(): void {
    if (!this.#hasClosed || !this.#sync.isIdle) return;
    closeSync(this.#log);
    this.#closed?.();
  }

  #end(error: Error): void {
    this.#closed?.();
    const expected = this.#ended !== undefined;
    this.#ended ??= error;
    this.#waiting.rejectAll(this.#ended);
    if (!expected) this.#hooks.onFault(error);
  }
}

/** Opens the data directory. Rejects with the reason by name, such as DataDirectoryInUse. */
export async function openSqliteStore(settings: SqliteSettings, hooks: SqliteHooks): Promise<Store> {
  const { waitingMax: _, turnGapMs: __, turnGapMaxMs: ___, ...workerData } = settings;
  const worker = startWorker(workerData);
  await new Promise<void>((resolve, reject) => {
    worker.once("error", reject);
    worker.once("message", (message: FromWorker) => {
      if (message.kind === "ready") resolve();
      else if (message.kind === "refused") reject(Object.assign(new Error(message.message), { name: message.name }));
      else reject(new Error("the store's thread did not start"));
    });
  });
  const thread = new SqliteThread(worker, settings, hooks);
  return storeOfCalls(
    (call, input, lane) => thread.dispatch(call, input, lane),
    () => thread.close(),
  );
}
