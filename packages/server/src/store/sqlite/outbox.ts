import type { StoreReply, StoreRequest } from "./turn.ts";

/** The distance grows with what a turn carried: few items should not wait, and many should share a commit. */
const gapPerItemMs = 0.25;

export interface OutboxLimits {
  /** Distance between messages to the thread: at least, and at most under load, ms. */
  turnGapMs: number;
  turnGapMaxMs: number;
}

/**
 * Calls on their way to the store's thread. A message between threads costs more than a row, and a commit as much as ten
 * calls, so what is called while a turn is under way waits here and goes with the next message, and messages keep a
 * distance under load. A critical call goes at once, and a call after a quiet time too.
 */
export class Outbox {
  readonly #send: (requests: StoreRequest[]) => void;
  readonly #limits: OutboxLimits;
  #requests: StoreRequest[] = [];
  /** A message was sent, and the thread has not said yet that it waits for another. */
  #underWay = false;
  #sentAt = Number.NEGATIVE_INFINITY;
  #gapMs: number;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;

  constructor(send: (requests: StoreRequest[]) => void, limits: OutboxLimits) {
    this.#send = send;
    this.#limits = limits;
    this.#gapMs = limits.turnGapMs;
  }

  add(request: StoreRequest): void {
    this.#requests.push(request);
    if (request.lane === "critical") this.#flushSoon(0);
    else if (!this.#underWay) this.#flushSoon(this.#gapMs);
  }

  /** A turn was answered; `more` says that the thread goes on with another. */
  answered(replies: readonly StoreReply[], more: boolean): void {
    const { turnGapMs, turnGapMaxMs } = this.#limits;
    this.#underWay = more;
    this.#gapMs = Math.max(turnGapMs, Math.min(turnGapMaxMs, itemsOf(replies) * gapPerItemMs));
    if (this.#requests.length > 0) this.#flushSoon(this.#gapMs);
  }

  flush(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#timer = undefined;
    this.#immediate = undefined;
    if (this.#requests.length === 0) return;
    const requests = this.#requests;
    this.#requests = [];
    this.#underWay = true;
    this.#sentAt = performance.now();
    this.#send(requests);
  }

  /** In this turn of the event loop, with all that is called in it; or once the last message is `gapMs` old. */
  #flushSoon(gapMs: number): void {
    const waitMs = this.#sentAt + gapMs - performance.now();
    if (waitMs > 0) this.#timer ??= setTimeout(() => this.flush(), waitMs);
    else this.#immediate ??= setImmediate(() => this.flush());
  }
}

/** Results of batches count one by one. */
function itemsOf(replies: readonly StoreReply[]): number {
  return replies.reduce(
    (sum, reply) => sum + (reply.status === "done" && Array.isArray(reply.result) ? reply.result.length : 1),
    0,
  );
}
