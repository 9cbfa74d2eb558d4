import { compileMapping, type MapRecord } from "../domain/source-mapping.ts";
import type { Clock } from "../ports/clock.ts";
import type { SourceConfiguration, SourceRecord, TakeRecords } from "../ports/event-source.ts";
import type { Ids } from "../ports/ids.ts";
import type { SourceLetter, SourceLetterStore } from "../ports/store/source-letters.ts";
import { abortable } from "./abortable.ts";
import { ItemSettler, type SourceIngest } from "./item-settler.ts";
import { itemsOf, type MappedParts, type RecordItem, type RecordLimits } from "./record-items.ts";
import { letterOf, type SourceKeyring } from "./record-letter.ts";

export interface IntakeLimits extends RecordLimits {
  itemsPerCall: number;
  /** A record above it is refused without being kept. */
  keptBytesMax: number;
  /** Longest wait between tries while the server is overloaded. */
  waitMaxMs: number;
  /** So many records refused in a row let it slow down to a batch in `refusedPauseMs`. */
  refusedInRowMax: number;
  refusedPauseMs: number;
}

/** What a source came to, for metrics and log lines. */
export interface SourceObserver {
  onSettled(source: SourceConfiguration, counts: { records: number; made: number; passed: number }): void;
  onRefused(source: SourceConfiguration, letter: SourceLetter): void;
  /** It waits, for the server or because all that comes is refused; told at the beginning of each wait. */
  onWaiting(source: SourceConfiguration, why: "overloaded" | "refused_in_row"): void;
  onFault(source: SourceConfiguration, error: unknown): void;
}

export interface IntakeParts {
  ingest: SourceIngest;
  store: Pick<SourceLetterStore, "writeSourceLetters">;
  keyring: Pick<SourceKeyring, "sealForEnvironment">;
  clock: Clock;
  ids: Ids;
  observer: SourceObserver;
  limits: IntakeLimits;
}

const firstWaitMs = 50;

interface Taken {
  record: SourceRecord;
  parts: MappedParts;
}
type OpenItem = RecordItem & { of: Taken };

/**
 * Takes the records of one source in. A record here: parsed and mapped → its items durable, in order → a letter written
 * where some of it was refused → settled. Nothing is settled ahead of what stood before it, and what is not settled when
 * `signal` is aborted comes again.
 */
export class RecordIntake {
  readonly #source: SourceConfiguration;
  readonly #parts: IntakeParts;
  readonly #map: MapRecord;
  #refusedInRow = 0;

  constructor(source: SourceConfiguration, parts: IntakeParts) {
    this.#source = source;
    this.#parts = parts;
    this.#map = compileMapping(source.document.mapping);
  }

  readonly take: TakeRecords = async (records, signal) => {
    const { itemsPerCall } = this.#parts.limits;
    // Mapped a call's worth at a time: one record may become a thousand items.
    let group: Taken[] = [];
    let items = 0;
    for (const record of records) {
      const parts = itemsOf(this.#source.key, record, this.#map, this.#parts.limits);
      group.push({ record, parts });
      items += parts.items.length;
      if (items < itemsPerCall) continue;
      await this.#settle(group, signal);
      group = [];
      items = 0;
    }
    await this.#settle(group, signal);
  };

  async #settle(group: readonly Taken[], signal: AbortSignal): Promise<void> {
    if (group.length === 0) return;
    signal.throwIfAborted();
    await this.#brake(signal);
    const { ingest, limits, observer } = this.#parts;
    const settler = new ItemSettler({
      ingest,
      environmentId: this.#source.environmentId,
      itemsPerCall: limits.itemsPerCall,
      wait: (tries) => this.#wait(tries, signal),
      onFault: (error) => observer.onFault(this.#source, error),
    });
    const items = group.flatMap((of): OpenItem[] => of.parts.items.map((item) => ({ ...item, of })));
    for (const [{ of, index }, refusal] of await settler.settle(items)) of.parts.refusals.set(index, refusal);
    await this.#writeLetters(group, signal);
    this.#count(group);
  }

  async #writeLetters(group: readonly Taken[], signal: AbortSignal): Promise<void> {
    const { store, keyring, ids, clock, observer, limits } = this.#parts;
    const { environmentId, key: source } = this.#source;
    const letters = group.flatMap(({ record, parts: { items, refusals } }) => {
      if (refusals.size === 0) return [];
      const made = items.some(({ index }) => !refusals.has(index));
      const of = { environmentId, source, id: ids.next(), at: clock.now(), keptBytesMax: limits.keptBytesMax };
      return [letterOf(of, record, refusals, made, keyring)];
    });
    for (let tries = 1; letters.length > 0; tries += 1) {
      try {
        await store.writeSourceLetters({ letters });
        break;
      } catch (error) {
        observer.onFault(this.#source, error);
        await this.#wait(tries, signal);
      }
    }
    for (const letter of letters) observer.onRefused(this.#source, letter);
  }

  #count(group: readonly Taken[]): void {
    let made = 0;
    let passed = 0;
    for (const { parts } of group) {
      const refused = parts.items.filter(({ index }) => parts.refusals.has(index)).length;
      made += parts.items.length - refused;
      if (parts.items.length + parts.refusals.size === 0) passed += 1;
      this.#refusedInRow = parts.items.length === refused && parts.refusals.size > 0 ? this.#refusedInRow + 1 : 0;
    }
    this.#parts.observer.onSettled(this.#source, { records: group.length, made, passed });
  }

  /** A mapping that fits nothing would fill the store with letters. */
  async #brake(signal: AbortSignal): Promise<void> {
    const { limits, observer, clock } = this.#parts;
    if (this.#refusedInRow < limits.refusedInRowMax) return;
    observer.onWaiting(this.#source, "refused_in_row");
    await abortable(clock, limits.refusedPauseMs, signal);
  }

  #wait(tries: number, signal: AbortSignal): Promise<void> {
    const { limits, observer, clock } = this.#parts;
    if (tries === 1) observer.onWaiting(this.#source, "overloaded");
    return abortable(clock, Math.min(limits.waitMaxMs, firstWaitMs * 2 ** Math.min(tries, 20)), signal);
  }
}
