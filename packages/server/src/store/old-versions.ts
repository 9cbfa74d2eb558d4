import type { Versioned } from "../ports/configuration.ts";

export interface VersionKey {
  environmentId: number;
  key: string;
  version: number;
}

/**
 * Earlier versions of documents, loaded when they are asked for. A version never changes, so it is kept as long as
 * there is room: `max` of them, the one not used for longest goes first. Callers that ask for the same one share a read;
 * what is not there, or could not be read, is not kept.
 */
export class OldVersions<Document> {
  readonly #max: number;
  readonly #load: (key: VersionKey) => Promise<Versioned<Document> | undefined>;
  readonly #kept = new Map<string, Promise<Versioned<Document> | undefined>>();

  constructor(max: number, load: (key: VersionKey) => Promise<Versioned<Document> | undefined>) {
    this.#max = max;
    this.#load = load;
  }

  get(wanted: VersionKey): Promise<Versioned<Document> | undefined> {
    const name = `${wanted.environmentId}:${wanted.version}:${wanted.key}`;
    const known = this.#kept.get(name);
    const reading = known ?? this.#read(name, wanted);
    this.#kept.delete(name);
    this.#kept.set(name, reading);
    if (this.#kept.size > this.#max) this.#dropOldest();
    return reading;
  }

  async #read(name: string, wanted: VersionKey): Promise<Versioned<Document> | undefined> {
    try {
      const found = await this.#load(wanted);
      if (found === undefined) this.#kept.delete(name);
      return found;
    } catch (error) {
      this.#kept.delete(name);
      throw error;
    }
  }

  #dropOldest(): void {
    for (const oldest of this.#kept.keys()) {
      this.#kept.delete(oldest);
      return;
    }
  }
}
