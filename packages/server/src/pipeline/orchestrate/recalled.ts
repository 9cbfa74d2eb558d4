import type { RecipientRead } from "../../ports/store/orchestrate.ts";
import type { PeopleInSight } from "./people.ts";
import type { Person } from "./person.ts";
import type { PersonCache } from "./person-cache.ts";

/** Nobody is read: those in memory are taken as they are, and the store says whether they still are. */
export class Recalled implements PeopleInSight {
  readonly reads: RecipientRead[] = [];
  readonly #persons: PersonCache;

  constructor(persons: PersonCache) {
    this.#persons = persons;
  }

  find(environmentId: number, id: string): Person | undefined {
    const known = this.#persons.recall(environmentId, id);
    if (known !== undefined) this.reads.push(known.read);
    return known?.person;
  }

  upsert(): never {
    throw new TypeError("inline recipients are upserted by a turn of their own");
  }
}
