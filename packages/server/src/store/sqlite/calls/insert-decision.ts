import type { NewDecision } from "../../../ports/store/orchestrate.ts";
import type { Database } from "../database.ts";

export function insertDecision(database: Database, decision: NewDecision): void {
  database.run(
    `insert into decision (environment_id, event_id, run_id, recipient, workflow, workflow_version, step, channel, outcome, reason, rule, versions,
       detail, category, at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    decision.environmentId,
    decision.eventId,
    decision.runId,
    decision.recipient,
    decision.workflow,
    decision.workflowVersion,
    decision.step,
    decision.channel,
    decision.outcome,
    decision.reason,
    decision.rule,
    decision.versions,
    decision.detail,
    decision.category ?? "",
    decision.at,
  );
}
