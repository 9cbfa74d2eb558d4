import type { Worker } from "node:worker_threads";
import type { Lane } from "@tidings/contract/words";
import type { Store } from "../../ports/store/store.ts";
import { StoreUnavailable } from "../sql/unavailable.ts";
import type { CallName } from "./context.ts";
import { Outbox, type OutboxLimits } from "./outbox.ts";
import { startWorker } from "./start-worker.ts";
import { storeOfCalls } from "./store-of-calls.ts";
import type { StoreReply } from "./turn.ts";
import type { FromWorker } from "./worker.ts";

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
  /** After each turn: how long it took, and how many calls it answered. */
  onTurn(turnMs: number, calls: number): void;
  /** The thread ended by itself: nothing can be stored any more. */
  onFault(error: Error): void;
}
interface Waiting {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

/** The embedded store on a thread of its own: a promise for each call, answered with the turn that holds it. */
class SqliteThread {
  readonly #worker: Worker;
  readonly #settings: SqliteSettings;
  readonly #hooks: SqliteHooks;
  readonly #waiting = new Map<number, Waiting>();
  readonly #outbox: Outbox;
  #lastId = 0;
  #ended: Error | undefined;
  #closed: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(worker: Worker, settings: SqliteSettings, hooks: SqliteHooks) {
    this.#worker = worker;
    this.#settings = settings;
    this.#hooks = hooks;
    this.#outbox = new Outbox((requests) => worker.postMessage({ requests }), settings);
    worker.on("message", (message: FromWorker) => this.#receive(message));
    worker.on("error", (error) => this.#end(error instanceof Error ? error : new Error(String(error))));
    worker.on("exit", () => this.#end(new StoreUnavailable("the store's thread has ended")));
  }

  dispatch(call: CallName, input: unknown, lane: Lane): Promise<unknown> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (this.#waiting.size >= this.#settings.waitingMax)
      return Promise.reject(new StoreUnavailable("too many calls wait for the store"));
    return new Promise((resolve, reject) => {
      this.#lastId += 1;
      this.#waiting.set(this.#lastId, { resolve, reject });
      this.#outbox.add({ id: this.#lastId, call, lane, input });
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
    if (message.kind === "closed") this.#closed?.();
    if (message.kind !== "turn") return;
    for (const reply of message.replies) this.#answer(reply);
    this.#outbox.answered(message.replies, message.more);
    this.#hooks.onTurn(message.turnMs, message.replies.length);
  }

  #answer(reply: StoreReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.status === "done") waiting?.resolve(reply.result);
    else waiting?.reject(new StoreUnavailable(reply.message));
  }

  #end(error: Error): void {
    this.#closed?.();
    const expected = this.#ended !== undefined;
    this.#ended ??= error;
    for (const waiting of this.#waiting.values()) waiting.reject(this.#ended);
    this.#waiting.clear();
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
