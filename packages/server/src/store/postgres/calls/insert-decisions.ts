import type { NewDecision } from "../../../ports/store/orchestrate.ts";
import type { Session } from "../session.ts";

const insertedSql = `insert into decision (environment_id, event_id, run_id, workflow_version, at, recipient, workflow, step, channel,
    outcome, reason, rule, versions, detail, category)
  select environment_id, event_id, run_id, workflow_version, at, recipient, workflow, step, channel, outcome, reason, rule, versions,
    detail, category
  from json_to_recordset($1) as r (environment_id int, event_id uuid, run_id text, workflow_version int, at bigint,
    recipient text, workflow text, step text, channel text, outcome text, reason text, rule text, versions text, detail text, category text)`;

export async function insertDecisions(sql: Session, decisions: readonly NewDecision[]): Promise<void> {
  if (decisions.length === 0) return;
  const rows = decisions.map((decision) => ({
    environment_id: decision.environmentId,
    event_id: decision.eventId,
    run_id: decision.runId,
    workflow_version: decision.workflowVersion,
    at: decision.at,
    recipient: decision.recipient,
    workflow: decision.workflow,
    step: decision.step,
    channel: decision.channel,
    outcome: decision.outcome,
    reason: decision.reason,
    rule: decision.rule,
    versions: decision.versions,
    detail: decision.detail,
    category: decision.category ?? "",
  }));
  await sql.run(insertedSql, JSON.stringify(rows));
}
