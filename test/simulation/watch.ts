import { channels, type MessageState } from "@tidings/contract/words";
import type { OutboundMessage } from "../../packages/server/src/ports/provider.ts";
import { attemptsOf, vendors } from "./documents.ts";
import type { Ledger, LedgerWatcher, LoggedMessage, StartedAttempt } from "./ledger.ts";
import type { Offers } from "./offers.ts";
import type { LiveProcess, World } from "./world.ts";

/** Where a message may go from a state. Feedback moves what is open, and then up by rank. */
const legal: Partial<Record<MessageState, readonly MessageState[]>> = {
  queued: ["queued", "sending", "suppressed", "expired", "canceled", "dead", "failed", "delivered", "bounced"],
  sending: ["sent", "queued", "failed", "unknown", "expired", "dead", "canceled", "delivered", "bounced"],
  unknown: ["failed", "delivered", "bounced"],
  sent: ["failed", "delivered", "bounced"],
  failed: ["delivered", "bounced"],
  delivered: ["bounced"],
};

const optOutGraceMs = 1000;

/** The invariants that are checked at each commit and at each call, as they happen. */
export class Watch implements LedgerWatcher {
  readonly #world: World;
  readonly #offers: Offers;
  readonly #open = new Map<string, Set<string>>();
  /** Set once, before anything happens: they need each other. */
  ledger: Ledger | undefined;

  constructor(world: World, offers: Offers) {
    this.#world = world;
    this.#offers = offers;
  }

  onStarted(message: LoggedMessage, attempt: StartedAttempt): void {
    const name = `${message.id}#${attempt.number}`;
    const { dueAt, expiresAt } = message;
    // One that was asked for before the put-off was committed cannot know of it.
    const putOffAt = message.moves.findLast(({ from, to }) => from === to)?.at ?? 0;
    if (dueAt === null || (attempt.startedAt < dueAt && attempt.startedAt >= putOffAt))
      this.#violate("not-before-due", `${name} started at ${attempt.startedAt}, due at ${dueAt}`);
    if (expiresAt !== null && attempt.startedAt >= expiresAt) this.#violate("not-after-expiry", name);
    const suppression = this.#suppressionOf(message);
    // The check is inside the statement, so the order of commits is exact.
    if (suppression !== undefined)
      this.#violate("not-after-suppression", `${name} started after the commit at ${suppression.at}`);
    const last = message.attempts.at(-1);
    const optOut = this.ledger?.optOuts.get(`${message.recipient} ${message.category}`);
    if (optOut !== undefined) this.#violate("not-after-opt-out", `${name} started after the commit at ${optOut.at}`);
    if (attempt.number !== (last?.number ?? 0) + 1) this.#violate("attempts-are-numbered", name);
    if (last?.end?.outcome === "rejected" && this.#isPermanent(message.id, last.number)) {
      this.#violate("no-attempt-after-permanent-refusal", name);
    }
    if (attempt.number > attemptsOf(message.lane, message.channel).max) this.#violate("retries-bounded", name);
    const open = this.#open.get(attempt.node) ?? new Set();
    this.#open.set(attempt.node, open.add(message.id));
    const max = this.#world.profile.config.deliver.maxInFlight;
    if (open.size > max) this.#violate("in-flight-bounded", `${open.size} of ${attempt.node}, at most ${max}`);
  }

  onMoved(message: LoggedMessage, from: MessageState, attempt: StartedAttempt | undefined): void {
    const name = `${message.id} ${from} → ${message.state}`;
    if (legal[from]?.includes(message.state) !== true) this.#violate("moves-are-legal", name);
    if (attempt?.end === undefined || from !== "sending") return;
    this.#open.get(attempt.node)?.delete(message.id);
    if (attempt.end.outcome !== undefined) this.#checkEnd(message, attempt, attempt.end.outcome);
  }

  /** A call is made only for what was STARTED for it, in that process, and in time. */
  onCall(batch: readonly OutboundMessage[], process: LiveProcess): void {
    for (const { id, attempt } of batch) {
      const message = this.ledger?.messages.get(id);
      const started = message?.attempts.at(-1);
      const name = `${id}#${attempt}`;
      if (
        message === undefined ||
        started?.number !== attempt ||
        started.node !== process.node ||
        started.end?.outcome !== undefined
      ) {
        this.#violate("call-only-when-started", name);
        continue;
      }
      const now = this.#world.now();
      const suppression = this.#suppressionOf(message);
      if (suppression !== undefined && now > suppression.at + optOutGraceMs)
        this.#violate("not-after-suppression", `${name} is called`);
      if (message.expiresAt !== null && now > message.expiresAt + optOutGraceMs)
        this.#violate("not-after-expiry", `${name} is called`);
    }
  }

  /** What an attempt's end moved the message to follows from what the vendor answered to that very attempt. */
  #checkEnd(message: LoggedMessage, { number, integration, end }: StartedAttempt, outcome: string): void {
    const name = `${message.id}#${number}: ${outcome} ${end?.code} → ${message.state}`;
    const offer = this.#offers.of(message.id, number);
    const { state } = message;
    if (outcome === "accepted") {
      if (offer?.answer?.status !== "accepted" || state !== "sent") this.#violate("state-of-highest-attempt", name);
      return;
    }
    const again = state === "queued" || state === "dead" || state === "expired" || state === "canceled";
    if (outcome === "rejected") {
      const permanent = this.#isPermanent(message.id, number);
      const held = offer === undefined && end?.code === "lease_too_short";
      if (!held && (offer?.answer?.status !== "rejected" || offer.answer.code !== end?.code))
        this.#violate("outcome-of-attempt", name);
      if (permanent ? state !== "failed" : !again)
        this.#violate(permanent ? "no-attempt-after-permanent-refusal" : "state-of-highest-attempt", name);
      return;
    }
    const atMostOnce = message.lane === "marketing" && vendors[integration]?.vendor.idempotent !== true;
    if (atMostOnce ? state !== "unknown" : !again)
      this.#violate(atMostOnce ? "marketing-at-most-once" : "state-of-highest-attempt", name);
  }

  #isPermanent(messageId: string, number: number): boolean {
    const answer = this.#offers.of(messageId, number)?.answer;
    return answer?.status === "rejected" && answer.kind === "permanent";
  }

  #suppressionOf(message: LoggedMessage): { at: number } | undefined {
    return this.ledger?.suppressions.get(`${channels.indexOf(message.channel)}:${message.hash}`);
  }

  #violate(invariant: string, detail: string): void {
    this.#world.violate(invariant, detail);
  }
}
