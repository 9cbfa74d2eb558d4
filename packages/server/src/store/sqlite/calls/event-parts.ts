import type { EventPart } from "../../../ports/store/event-part.ts";
import { text, textOrNull } from "../../sql/columns.ts";
import { lineageOf } from "../../sql/rows/descent.ts";
import type { Database } from "../database.ts";

/** Events of what one call loads, each read once, however many messages or runs of it there are. */
export class EventParts {
  readonly #database: Database;
  readonly #read = new Map<string, EventPart>();

  constructor(database: Database) {
    this.#database = database;
  }

  of(id: string): EventPart | undefined {
    const known = this.#read.get(id);
    if (known !== undefined) return known;
    const row = this.#database.get(
      "select payload, tenant, trace, generation, root, depth from event where id = ?",
      id,
    );
    if (row === undefined) return undefined;
    const event = {
      id,
      tenant: text(row, "tenant"),
      payload: text(row, "payload"),
      trace: textOrNull(row, "trace"),
      ...lineageOf(row),
    };
    this.#read.set(id, event);
    return event;
  }
}
