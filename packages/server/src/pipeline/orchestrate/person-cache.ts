import type { RecipientRead, RecipientRecord } from "../../ports/store/orchestrate.ts";
import { openPerson, type Person } from "./person.ts";
import type { OrchestrateKeyring } from "./ports.ts";

/** A recipient as they were read last. */
export interface Remembered {
  read: RecipientRead;
  person: Person;
}

/**
 * Recipients that were opened lately. Who uses one has the store say whether its row is still of that version and key;
 * what is spared is opening the sealed part again (9 µs of 13). Bounded; the longest kept is forgotten first.
 */
export class PersonCache {
  readonly #entriesMax: number;
  readonly #environments = new Map<number, Map<string, Remembered>>();
  #size = 0;

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  /** What is remembered, which may be out of date. */
  recall(environmentId: number, id: string): Remembered | undefined {
    return this.#environments.get(environmentId)?.get(id);
  }

  /** The recipient of a row that was just read. */
  open(record: RecipientRecord, keyring: Pick<OrchestrateKeyring, "unsealForRecipient">): Person {
    const { environmentId, id, version, wrappedKey } = record;
    const known = this.recall(environmentId, id);
    if (known !== undefined && known.read.version === version && known.read.wrappedKey === wrappedKey)
      return known.person;
    const person = openPerson(record, keyring);
    this.#keep(environmentId, id, { read: { id, version, wrappedKey }, person }, known === undefined);
    return person;
  }

  #keep(environmentId: number, id: string, entry: Remembered, isNew: boolean): void {
    if (this.#entriesMax === 0) return;
    const own = this.#environments.get(environmentId) ?? new Map<string, Remembered>();
    this.#environments.set(environmentId, own);
    if (isNew && this.#size >= this.#entriesMax) this.#forgetOldest(own);
    if (isNew) this.#size += 1;
    own.set(id, entry);
  }

  /** Of the environment that wants room, or of another where that one has none. */
  #forgetOldest(own: Map<string, Remembered>): void {
    const from = own.size > 0 ? own : [...this.#environments.values()].find((entries) => entries.size > 0);
    const oldest = from?.keys().next().value;
    if (from === undefined || oldest === undefined) return;
    from.delete(oldest);
    this.#size -= 1;
  }
}
