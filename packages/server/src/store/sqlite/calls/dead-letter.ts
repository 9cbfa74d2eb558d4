import type { Channel } from "@tidings/contract/words";
import type { Database } from "../database.ts";

export interface DeadLetter {
  environmentId: number;
  id: string;
  kind: "message" | "event" | "run";
  channel: Channel | null;
  reason: string;
  detail: string;
  at: number;
}

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
