import type { Passed, PassedAt } from "./due-table.ts";
import type { Look } from "./look.ts";

/**
 * Looks that kept the server busy for so long, ms, read past much that is done: somebody's transaction is older than that, so it
 * cannot be cleared away. One alone may have waited for a plan, or for its turn on a busy machine.
 */
export const slowMs = 20;
const slowLooksMin = 2;
/** Looks from the very front take this share of the time at most, and are so far apart at least, ms. */
const fullShare = 1 / 40;
const fullGapMinMs = 1000;
/** A row that is committed so long after its due time, ms, is found by a look from the front alone. */
const lateMs = 500;
/** Of so many tenants of a place at most it is known how far they were passed. */
const tenantsMax = 200;

interface PlaceMemory {
  /** The tenant at which the next look begins, where one left off. */
  from: string | undefined;
  /** Looks from the front that were slow, one after the other. */
  slowLooks: number;
  /** Time of the last look, ms. */
  now: number;
  /** When a look from the front is to come next, by the monotonic clock; undefined where all of them are. */
  fullAt: number | undefined;
  /** Of each tenant that was met, from when on each holder may have something open. */
  tenants: Map<string, Map<number, number>>;
}

type Place = Pick<Look, "lane" | "channel">;

/** How far one process's looks came, per table, lane and channel. All of it is hints that may be lost. */
export class LookMemory {
  readonly #places = new Map<string, PlaceMemory>();

  /** A look begins. What was passed is not known any more where the clock was set back. */
  begin(table: string, { now, ...place }: Place & { now: number }): void {
    const memory = this.#of(table, place);
    if (now < memory.now - lateMs) Object.assign(memory, unknownPlace());
    memory.now = now;
  }

  /** Where the look before had to leave off. */
  fromOf(table: string, place: Place): string | undefined {
    return this.#of(table, place).from;
  }

  leaveOff(table: string, place: Place, from: string | undefined): void {
    this.#of(table, place).from = from;
  }

  /** Whether the next look reads from the very front. */
  isFull(table: string, place: Place): boolean {
    const { fullAt } = this.#of(table, place);
    return fullAt === undefined || performance.now() >= fullAt;
  }

  /** Whether the place was slow, and its next look reads from the front all the same. */
  isWaiting(table: string, place: Place): boolean {
    return this.#of(table, place).fullAt !== undefined && this.isFull(table, place);
  }

  /** What the next look may pass. */
  passed(table: string, place: Place): PassedAt[] {
    if (this.isFull(table, place)) return [];
    const { lane, channel } = place;
    return [...this.#of(table, place).tenants].flatMap(([tenant, holders]) =>
      [...holders].map(([holder, since]) => ({ lane, channel, holder, tenant, since })),
    );
  }

  /** What a look from the front took of the server's time. */
  took(table: string, place: Place, tookMs: number): void {
    const memory = this.#of(table, place);
    memory.slowLooks = tookMs >= slowMs ? memory.slowLooks + 1 : 0;
    memory.fullAt =
      memory.slowLooks < slowLooksMin ? undefined : performance.now() + Math.max(fullGapMinMs, tookMs / fullShare);
  }

  /** Keeps what a look met: of each holder and tenant, when the first open row is due. `isWhole` where it met all there was. */
  meet(table: string, look: Look, holders: readonly number[], met: readonly Passed[], isWhole: boolean): void {
    const { tenants } = this.#of(table, look);
    const passedUntil = look.now - lateMs;
    if (isWhole) for (const known of tenants.values()) for (const holder of holders) known.set(holder, passedUntil);
    for (const { holder, tenant, since } of met) {
      const known = tenants.get(tenant) ?? new Map(holders.map((each) => [each, isWhole ? passedUntil : 0]));
      tenants.delete(tenant);
      tenants.set(tenant, known);
      known.set(holder, Math.min(since, passedUntil));
      if (tenants.size > tenantsMax) tenants.delete(tenants.keys().next().value ?? "");
    }
  }

  /** A holder has got a row that is due at `since`: it may lie before what was passed. */
  take(table: string, place: Place, { holder, tenant, since }: Passed): void {
    const known = this.#of(table, place).tenants.get(tenant);
    known?.set(holder, Math.min(since, known.get(holder) ?? since));
  }

  #of(table: string, { lane, channel }: Place): PlaceMemory {
    const key = `${table} ${lane} ${channel}`;
    const found = this.#places.get(key) ?? unknownPlace();
    this.#places.set(key, found);
    return found;
  }
}

const unknownPlace = (): PlaceMemory => ({
  from: undefined,
  slowLooks: 0,
  now: 0,
  fullAt: undefined,
  tenants: new Map(),
});

const memories = new WeakMap<object, LookMemory>();

/** Of the process that `holding` stands for. */
export function looksOf(holding: object): LookMemory {
  const found = memories.get(holding) ?? new LookMemory();
  memories.set(holding, found);
  return found;
}
