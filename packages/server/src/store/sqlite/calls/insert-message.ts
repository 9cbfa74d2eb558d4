import type { NewMessage } from "../../../ports/store/orchestrate.ts";
import { channelCode, laneCode, messageStateCode } from "../codes.ts";
import type { CallContext } from "../context.ts";

/** Message ids are derived, so a step that runs again makes the same rows: they are there already. */
export function insertMessage(context: CallContext, message: NewMessage): void {
  const settledAt = message.state === "queued" ? null : message.createdAt;
  const inserted = context.database.run(
    `insert into message (id, environment_id, event_id, run_id, step, workflow, workflow_version, template, template_version,
       channel, lane, category, tenant, recipient, address_hash, state, due_at, created_at, expires_at, content, decisions, settled_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict do nothing`,
    message.id,
    message.environmentId,
    message.eventId,
    message.runId,
    message.step,
    message.workflow,
    message.workflowVersion,
    message.template,
    message.templateVersion,
    channelCode[message.channel],
    laneCode[message.lane],
    message.category,
    message.tenant,
    message.recipient,
    message.addressHash,
    messageStateCode[message.state],
    message.dueAt,
    message.createdAt,
    message.expiresAt,
    message.content,
    message.decisions,
    settledAt,
  );
  if (inserted === 0) return;
  context.count(
    {
      environmentId: message.environmentId,
      metric: message.state,
      channel: message.channel,
      lane: message.lane,
      category: message.category,
      tenant: message.tenant,
      integration: "",
    },
    message.createdAt,
  );
}
