import type { AttentionState, ClaimsHeld, WeighedTurn } from "../../../ports/store/dry-run.ts";
import type { DigestJoin, NewMessage, TurnWrites } from "../../../ports/store/orchestrate.ts";

/** Of each kind; of more, those that were claimed first are forgotten. */
const claimsMax = 100_000;

/** What dry runs have claimed so far, so that what follows counts it. */
export class World {
  /** Nothing counts but what is claimed here: of a stretch of the past, which must not meet what came of it since. */
  readonly isApart: boolean;
  readonly #attention = new Map<string, AttentionState>();
  readonly #dedupe = new Map<string, ClaimsHeld["dedupe"][number]>();
  readonly #throttles = new Map<string, ClaimsHeld["throttles"][number]>();
  /** When digests close that are open, by their keys. */
  readonly #windows = new Map<string, number>();
  /** The newest message of each collapse key. */
  readonly #newest = new Map<string, NewMessage>();

  constructor({ isApart }: { isApart: boolean }) {
    this.isApart = isApart;
  }

  /** What the weighing of a turn is to be given. */
  of({ dedupe, throttles, messages }: Pick<TurnWrites, "dedupe" | "throttles" | "messages">): {
    attention: AttentionState[];
    held: ClaimsHeld | undefined;
  } {
    const attention = known(
      this.#attention,
      messages.filter(hasClaim).map(({ recipient }) => recipient),
    );
    if (!this.isApart) return { attention, held: undefined };
    const held = {
      dedupe: known(this.#dedupe, dedupe.map(hashOf)),
      throttles: known(this.#throttles, throttles.map(hashOf)),
    };
    return { attention, held };
  }

  take({ attention, claims }: WeighedTurn): void {
    for (const state of attention) keep(this.#attention, state.recipient, state);
    if (!this.isApart) return;
    for (const claim of claims.dedupe) keep(this.#dedupe, claim.hash, claim);
    for (const claim of claims.throttles) keep(this.#throttles, claim.hash, claim);
  }

  /** Whether a joining opens a digest, which is then followed to its end. Of what is tried by itself, each does. */
  opens({ keyHash, now, closesAt }: DigestJoin): boolean {
    if (!this.isApart) return true;
    if ((this.#windows.get(keyHash) ?? 0) > now) return false;
    keep(this.#windows, keyHash, closesAt);
    return true;
  }

  /** The message whose place this one takes: it would have waited until this one was written. Of what is tried by itself, none is known. */
  collapse(message: NewMessage): NewMessage[] {
    const { collapseHash: hash, createdAt } = message;
    if (!this.isApart || hash === undefined || message.state !== "queued") return [];
    const before = this.#newest.get(hash);
    keep(this.#newest, hash, message);
    return before !== undefined && (before.dueAt ?? before.createdAt) > createdAt ? [before] : [];
  }
}

const hasClaim = ({ claim }: NewMessage): boolean => claim !== null;
const hashOf = ({ hash }: { hash: string }): string => hash;

function known<Item>(all: ReadonlyMap<string, Item>, names: readonly string[]): Item[] {
  return [...new Set(names)].flatMap((name) => all.get(name) ?? []);
}

function keep<Item>(all: Map<string, Item>, name: string, item: Item): void {
  all.delete(name);
  all.set(name, item);
  const oldest = all.size > claimsMax ? all.keys().next().value : undefined;
  if (oldest !== undefined) all.delete(oldest);
}
