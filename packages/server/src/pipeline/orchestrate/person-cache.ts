import type { RecipientRecord } from "../../ports/store/orchestrate.ts";
import { openPerson, type Person } from "./person.ts";
import type { OrchestrateKeyring } from "./ports.ts";

interface Entry {
  version: number;
  wrappedKey: string;
  person: Person;
}

/**
 * Recipients that were opened lately. The row is read each time all the same, and its version decides: what is spared is
 * opening the sealed part again (9 µs of 13). Bounded; the longest kept is forgotten first.
 */
export class PersonCache {
  readonly #entriesMax: number;
  readonly #entries = new Map<string, Entry>();

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  open(record: RecipientRecord, keyring: Pick<OrchestrateKeyring, "unsealForRecipient">): Person {
    const key = `${record.environmentId}:${record.id}`;
    const known = this.#entries.get(key);
    if (known !== undefined && known.version === record.version && known.wrappedKey === record.wrappedKey)
      return known.person;
    const person = openPerson(record, keyring);
    if (known === undefined && this.#entries.size >= this.#entriesMax) {
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(key, { version: record.version, wrappedKey: record.wrappedKey, person });
    return person;
  }
}
