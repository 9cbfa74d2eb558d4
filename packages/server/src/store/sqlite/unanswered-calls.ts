import { StoreUnavailable } from "../sql/unavailable.ts";
import type { StoreReply } from "./turn.ts";

interface Waiting {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

/** Calls that wait for their answers, by number. */
export class UnansweredCalls {
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  get size(): number {
    return this.#waiting.size;
  }

  /** Gives the call's number. */
  add(waiting: Waiting): number {
    this.#lastId += 1;
    this.#waiting.set(this.#lastId, waiting);
    return this.#lastId;
  }

  answer(reply: StoreReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.status === "done") waiting?.resolve(reply.result);
    else waiting?.reject(new StoreUnavailable(reply.message));
  }

  rejectAll(error: Error): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}
