import { compileMapping } from "../domain/source-mapping.ts";
import type { Clock } from "../ports/clock.ts";
import type { SourceConfiguration } from "../ports/event-source.ts";
import type { SourceReplayResult, SourceReplaysPort } from "../ports/source-replays.ts";
import type { SourceLetter, SourceLetterStore } from "../ports/store/source-letters.ts";
import { ItemSettler, type SourceIngest } from "./item-settler.ts";
import { itemsOf, type RecordLimits, type Refusal } from "./record-items.ts";
import { keptRecord, letterOf, type SourceKeyring } from "./record-letter.ts";

export interface SourceReplaysParts {
  /** All that are configured, disabled ones too. */
  sources: () => readonly SourceConfiguration[];
  ingest: SourceIngest;
  store: SourceLetterStore;
  keyring: SourceKeyring;
  clock: Clock;
  limits: RecordLimits & { itemsPerCall: number; keptBytesMax: number };
  onFault: (source: SourceConfiguration, error: unknown) => void;
}

/** Maps records in dead letters anew, by the mapping in force. Replayed twice at once, a record makes nothing twice: its items have keys. */
export class SourceReplays implements SourceReplaysPort {
  readonly #parts: SourceReplaysParts;

  constructor(parts: SourceReplaysParts) {
    this.#parts = parts;
  }

  async replay(environmentId: number, letterIds: readonly string[]): Promise<SourceReplayResult> {
    const { store } = this.#parts;
    const result = { replayed: 0, refused: 0 };
    for (const id of letterIds) {
      const letter = await store.loadSourceLetter({ environmentId, id });
      // Somebody else replayed it meanwhile.
      if (letter === undefined) continue;
      const isDone = await this.#replayOne(environmentId, letter);
      if (isDone) await store.deleteSourceLetters({ environmentId, ids: [id] });
      result[isDone ? "replayed" : "refused"] += 1;
    }
    return result;
  }

  show(letter: SourceLetter) {
    const kept = keptRecord(letter, this.#parts.keyring);
    if (kept === undefined) return undefined;
    const { value, headers, meta } = kept.record;
    return { value: (value ?? Buffer.of()).toString("utf8"), headers, meta };
  }

  async #replayOne(environmentId: number, letter: SourceLetter): Promise<boolean> {
    const { sources, keyring, limits, store, clock } = this.#parts;
    const source = sources().find((each) => each.environmentId === environmentId && each.key === letter.source);
    const kept = keptRecord(letter, keyring);
    if (source === undefined || kept === undefined) return false;
    const { record, undone } = kept;
    const parts = itemsOf(source.key, record, compileMapping(source.document.mapping), limits);
    const items = parts.items.filter(({ index }) => undone?.has(index) !== false);
    const refusals = new Map<number, Refusal>([...parts.refusals].filter(([index]) => undone?.has(index) !== false));
    for (const [{ index }, refusal] of await this.#settler(source).settle(items)) refusals.set(index, refusal);
    if (refusals.size === 0) return true;
    const made = undone !== undefined || items.some(({ index }) => !refusals.has(index));
    const of = { environmentId, source: source.key, id: letter.id, at: clock.now(), keptBytesMax: limits.keptBytesMax };
    await store.writeSourceLetters({ letters: [letterOf(of, record, refusals, made, keyring)] });
    return false;
  }

  #settler(source: SourceConfiguration): ItemSettler {
    const { ingest, limits, onFault } = this.#parts;
    return new ItemSettler({
      ingest,
      environmentId: source.environmentId,
      itemsPerCall: limits.itemsPerCall,
      // Whoever asked is told to come again.
      wait: (_tries, error) => Promise.reject(error),
      onFault: (error) => onFault(source, error),
    });
  }
}
