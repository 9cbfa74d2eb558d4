import type { Outcome } from "../../packages/server/src/ports/provider.ts";

/** One message of one call to a vendor: what the vendor's own books say about an attempt. */
export interface Offer {
  vendor: string;
  messageId: string;
  attempt: number;
  node: string;
  /** When the call was made. */
  at: number;
  to: string;
  subject: string;
  /** What the vendor did with it, once it arrived; undefined where it never did. */
  verdict: Outcome | undefined;
  /** True where the vendor sent it on; an idempotent one does so once per message. */
  wentOut: boolean;
  /** What the process was told, and when; undefined where it never was. */
  answer: Outcome | undefined;
  answeredAt: number;
}

/** The books of all vendors. */
export class Offers {
  readonly all: Offer[] = [];
  /** Answers under way, and when the newest one came. */
  answering = 0;
  answeredAt = 0;
  readonly #byAttempt = new Map<string, Offer>();
  readonly #byMessage = new Map<string, Offer[]>();

  /** False where the same attempt was offered before. */
  add(offer: Offer): boolean {
    const key = `${offer.messageId}:${offer.attempt}`;
    const first = !this.#byAttempt.has(key);
    this.all.push(offer);
    this.#byAttempt.set(key, offer);
    const list = this.#byMessage.get(offer.messageId);
    if (list === undefined) this.#byMessage.set(offer.messageId, [offer]);
    else list.push(offer);
    return first;
  }

  of(messageId: string, attempt: number): Offer | undefined {
    return this.#byAttempt.get(`${messageId}:${attempt}`);
  }

  ofMessage(messageId: string): readonly Offer[] {
    return this.#byMessage.get(messageId) ?? [];
  }
}
