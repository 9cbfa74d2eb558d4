import type { SeededRandom } from "../../packages/server/src/lib/seeded-random.ts";
import type { OutboundMessage, Outcome, Provider } from "../../packages/server/src/ports/provider.ts";
import type { Offer, Offers } from "./offers.ts";
import { answerOf, type Outage, outageOf } from "./outage.ts";
import { callTimeoutMs } from "./profile.ts";
import type { Reporter } from "./reporter.ts";
import type { LiveProcess, World } from "./world.ts";

/** What happens to a call as a whole. */
const fates = [
  "lost on its way",
  "never answered",
  "answered late",
  "crash before it arrives",
  "crash after it arrived",
  "answer unclear",
  "provider throws",
] as const;
type Fate = (typeof fates)[number] | "answered";

export interface VendorParts {
  name: string;
  maxBatch: number;
  idempotent: boolean;
  offers: Offers;
  reporter: Reporter;
  /** Told before each call. */
  onCall: (batch: readonly OutboundMessage[], process: LiveProcess) => void;
}

/** A vendor of the world: it survives every process, and keeps books of its own. */
export class SimulatedVendor {
  readonly #world: World;
  readonly #parts: VendorParts;
  readonly #random: SeededRandom;
  readonly #known = new Set<string>();
  readonly #outage: Outage | undefined;

  constructor(world: World, parts: VendorParts) {
    this.#world = world;
    this.#parts = parts;
    this.#random = world.fork();
    this.#outage = outageOf(world.seed, parts.name);
  }

  /** The vendor as one process reaches it. */
  providerFor(process: LiveProcess): Provider {
    return {
      maxBatch: this.#parts.maxBatch,
      idempotent: this.#parts.idempotent,
      send: (batch) => this.#call(batch, process),
      close: async () => undefined,
    };
  }

  #call(batch: readonly OutboundMessage[], process: LiveProcess): Promise<Outcome[]> {
    if (!process.alive) return new Promise(() => undefined);
    const { clock } = this.#world;
    this.#parts.onCall(batch, process);
    const fate = this.#fate();
    const ids = batch.map(({ id, attempt }) => `${id}#${attempt}`).join(" ");
    this.#world.note(`${process.node} calls ${this.#parts.name}: ${ids}${fate === "answered" ? "" : ` (${fate})`}`);
    const offers = batch.map((message) => this.#offered(message, process));
    const away = this.#away();
    if (away?.kind === "silent") return new Promise(() => undefined);
    return new Promise((resolve, reject) => {
      clock.after(1 + this.#random.int(400), () => {
        if (fate === "lost on its way") return;
        if (fate === "crash before it arrives") return this.#world.crash(fate);
        for (const offer of offers) this.#judge(offer, away);
        if (fate === "crash after it arrived") return this.#world.crash(fate);
        if (fate === "never answered") return;
        const delayMs = fate === "answered late" ? callTimeoutMs + this.#random.int(6000) : this.#random.int(400);
        this.#parts.offers.answering += 1;
        clock.after(delayMs, () => {
          this.#parts.offers.answering -= 1;
          this.#parts.offers.answeredAt = clock.now();
          if (!process.alive) return;
          if (fate === "provider throws") reject(new Error("planted: the provider throws"));
          else resolve(offers.map((offer) => this.#answer(offer, fate)));
        });
      });
    });
  }

  #fate(): Fate {
    const { faulty, profile } = this.#world;
    return faulty && this.#random.chance(profile.callFault) ? this.#random.pick(fates) : "answered";
  }

  #offered(message: OutboundMessage, process: LiveProcess): Offer {
    const offer: Offer = {
      vendor: this.#parts.name,
      messageId: message.id,
      attempt: message.attempt,
      node: process.node,
      at: this.#world.now(),
      to: message.to,
      subject: message.content.subject ?? message.content.text ?? "",
      verdict: undefined,
      wentOut: false,
      answer: undefined,
      answeredAt: 0,
    };
    if (!this.#parts.offers.add(offer)) this.#world.violate("attempt-called-once", `${message.id}#${message.attempt}`);
    return offer;
  }

  /** How it is away at the moment; undefined where it is there. */
  #away(): Outage | undefined {
    const now = this.#world.now();
    const outage = this.#outage;
    return this.#world.faulty && outage !== undefined && now >= outage.from && now <= outage.to ? outage : undefined;
  }

  #judge(offer: Offer, away: Outage | undefined): void {
    const known = this.#parts.idempotent && this.#known.has(offer.messageId);
    offer.verdict = (away && answerOf(away, this.#world.now())) ?? this.#verdict(known);
    if (offer.verdict.status !== "accepted" || known) return;
    this.#known.add(offer.messageId);
    offer.wentOut = true;
    this.#parts.reporter.plan(offer.messageId);
  }

  /** What an idempotent vendor has taken it may put off, being busy, but never refuses. */
  #verdict(known: boolean): Outcome {
    const { faulty, profile } = this.#world;
    const random = this.#random;
    if (!faulty || !random.chance(profile.refusal))
      return { status: "accepted", providerMessageId: `p${random.int(1e9)}` };
    if (known || random.chance(0.6)) {
      const retryAfterMs = random.chance(0.5) ? random.int(3000) : undefined;
      const transient: Outcome = { status: "rejected", kind: "transient", code: `busy-${random.int(1e6)}` };
      return retryAfterMs === undefined ? transient : { ...transient, retryAfterMs };
    }
    const suppress = random.chance(0.3);
    return { status: "rejected", kind: "permanent", code: `refused-${random.int(1e6)}`, suppress };
  }

  #answer(offer: Offer, fate: Fate): Outcome {
    const unclear: Outcome = { status: "unknown", code: "unclear" };
    const outcome: Outcome = fate === "answer unclear" ? unclear : (offer.verdict ?? unclear);
    offer.answer = outcome;
    offer.answeredAt = this.#world.now();
    return outcome;
  }
}
