import type { AttemptRow } from "../../ports/store/log.ts";
import { attemptRows, type CurrentAttempt } from "../sql/attempts.ts";
import { integer, type SqlRow, text } from "../sql/columns.ts";
import type { Database } from "./database.ts";

/** Makes room in the message's row: the attempt before becomes a row of its own. */
export function archiveAttempt(database: Database, messageId: string, attempt: CurrentAttempt): void {
  database.run(
    `insert or replace into attempt (message_id, number, call_id, integration, started_at, finished_at, outcome, code, detail, provider_message_id)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    messageId,
    attempt.number,
    attempt.call,
    attempt.integration,
    attempt.started,
    attempt.finished ?? null,
    attempt.outcome ?? "started",
    attempt.code ?? "",
    attempt.detail ?? "",
    attempt.providerMessageId ?? "",
  );
}

/** All attempts at a message, in order. */
export function attemptsOf(database: Database, row: SqlRow): AttemptRow[] {
  const earlier =
    integer(row, "attempts") > 1
      ? database.all("select * from attempt where message_id = ? order by number", text(row, "id"))
      : [];
  return attemptRows(row, earlier);
}
