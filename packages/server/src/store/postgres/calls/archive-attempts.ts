import type { CurrentAttempt } from "../../sql/attempts.ts";
import type { Session } from "../session.ts";

const archivedSql = `insert into attempt (environment_id, message_id, number, started_at, finished_at, call_id, integration, outcome, code,
    detail, provider_message_id)
  select environment_id, message_id, number, started_at, finished_at, call_id, integration, outcome, code, detail, provider_message_id
  from json_to_recordset($1) as r (environment_id int, message_id uuid, number int, started_at bigint, finished_at bigint,
    call_id text, integration text, outcome text, code text, detail text, provider_message_id text)
  on conflict (environment_id, message_id, number) do update set finished_at = excluded.finished_at, outcome = excluded.outcome,
    code = excluded.code, detail = excluded.detail, provider_message_id = excluded.provider_message_id`;

/** Makes room in messages' rows: the attempt before becomes a row of its own. */
export async function archiveAttempts(
  sql: Session,
  attempts: readonly { environmentId: number; messageId: string; attempt: CurrentAttempt }[],
): Promise<void> {
  if (attempts.length === 0) return;
  const rows = attempts.map(({ environmentId, messageId, attempt }) => ({
    environment_id: environmentId,
    message_id: messageId,
    number: attempt.number,
    started_at: attempt.started,
    finished_at: attempt.finished ?? null,
    call_id: attempt.call,
    integration: attempt.integration,
    outcome: attempt.outcome ?? "started",
    code: attempt.code ?? "",
    detail: attempt.detail ?? "",
    provider_message_id: attempt.providerMessageId ?? "",
  }));
  await sql.run(archivedSql, JSON.stringify(rows));
}
