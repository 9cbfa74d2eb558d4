import type { DeadLetter } from "../../sql/dead-letter.ts";
import type { Database } from "../database.ts";

export function insertDeadLetter(database: Database, letter: DeadLetter): void {
  database.run(
    "insert or replace into dead_letter (environment_id, at, id, kind, channel, reason, detail) values (?, ?, ?, ?, ?, ?, ?)",
    letter.environmentId,
    letter.at,
    letter.id,
    letter.kind,
    letter.channel,
    letter.reason,
    letter.detail,
  );
}
