import type { HeldMessage, NewMessage } from "../../../ports/store/orchestrate.ts";
import { startedAttempt } from "../../sql/attempts.ts";
import { channelCode, laneCode, messageStateCode } from "../../sql/codes.ts";
import { integer, text } from "../../sql/columns.ts";
import { covers } from "../../sql/suppressions.ts";
import type { CallContext } from "../context.ts";

const columns = `environment_id, id, event_id, run_id, channel, lane, state, holder, workflow_version, template_version, attempts,
  created_at, due_at, expires_at, first_attempt_at, settled_at, step, workflow, template, category, tenant, recipient,
  address_hash, reason, content, decisions, attempt`;

const covering = covers({
  environment: "r.environment_id",
  channel: "r.channel",
  address: "r.address_hash",
  sender: "r.sender",
  lane: "r.lane",
  category: "r.category",
});

/**
 * Suppression is looked for inside the statement, so that nothing is STARTED after an opt-out that was committed before it. The
 * `offset` keeps the planner from looking for it once in each column.
 */
const insertedSql = `insert into message (${columns})
  select environment_id, id, event_id, run_id, channel, lane,
    case when covered then ${messageStateCode.suppressed} else state end,
    case when covered then 0 else holder end, workflow_version, template_version,
    case when covered then 0 else attempts end, created_at,
    case when covered then null else due_at end, expires_at,
    case when covered then null else first_attempt_at end,
    case when covered then started_at else settled_at end,
    step, workflow, template, category, tenant, recipient, address_hash,
    case when covered then 'suppressed_at_start' else reason end, content, decisions,
    case when covered then null else attempt end
  from (
    select r.*, r.sender is not null and exists (select 1 from suppression s where ${covering}) as covered
    from json_to_recordset($1) as r (environment_id int, id uuid, event_id uuid, run_id uuid, channel smallint, lane smallint,
      state smallint, holder int, workflow_version int, template_version int, attempts int, created_at bigint, due_at bigint,
      expires_at bigint, first_attempt_at bigint, settled_at bigint, started_at bigint, step text, workflow text, template text,
      category text, tenant text, recipient text, address_hash text, reason text, content text, decisions text, attempt text,
      sender text)
    offset 0
  ) as r
  on conflict do nothing
  returning id, state`;

/**
 * Message ids are derived, so a step that runs again makes the same rows: they are there already. Gives which messages
 * were to be STARTED and are not, and why.
 */
export async function insertMessages(context: CallContext, messages: readonly NewMessage[]): Promise<HeldMessage[]> {
  if (messages.length === 0) return [];
  const sorted = messages.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const rows = sorted.map((message) => rowOf(context, message));
  const found = await context.sql.all(insertedSql, JSON.stringify(rows));
  const states = new Map(found.map((row) => [text(row, "id"), integer(row, "state")]));
  const held: HeldMessage[] = [];
  for (const message of messages) {
    const status = account(context, message, states.get(message.id));
    if (status !== undefined) held.push({ id: message.id, status });
  }
  return held;
}

/** Counts a message, tells endpoints of one that ended with its insert, and says what held one back that was to start. */
function account(
  context: CallContext,
  message: NewMessage,
  state: number | undefined,
): HeldMessage["status"] | undefined {
  const { id, origin, start, createdAt } = message;
  if (state === undefined) return start === null ? undefined : "lost";
  const ended = endOf(message, state);
  if (start === null) {
    context.count(origin, message.state, createdAt);
    if (message.state !== "queued")
      context.webhooks.state(origin.environmentId, origin.tenant, id, message.state, createdAt);
    return undefined;
  }
  context.count(origin, "queued", createdAt);
  if (ended === undefined) return undefined;
  context.count(origin, ended, start.at);
  context.webhooks.state(origin.environmentId, origin.tenant, id, ended, start.at);
  return ended;
}

function endOf({ start, state }: NewMessage, code: number): "suppressed" | "expired" | undefined {
  if (start === null || state !== "queued") return undefined;
  if (code === messageStateCode.suppressed) return "suppressed";
  return code === messageStateCode.expired ? "expired" : undefined;
}

function rowOf({ holding }: CallContext, message: NewMessage) {
  const { origin, createdAt, expiresAt } = message;
  const expired = message.start !== null && expiresAt !== null && expiresAt <= message.start.at;
  const start = expired ? null : message.start;
  const state = expired ? "expired" : start === null ? message.state : "sending";
  const isOpen = state === "queued" || state === "sending";
  const isDue = message.dueAt !== null && message.dueAt <= createdAt;
  return {
    environment_id: origin.environmentId,
    id: message.id,
    event_id: message.eventId,
    run_id: message.runId === "" ? null : message.runId,
    channel: channelCode[origin.channel],
    lane: laneCode[origin.lane],
    state: messageStateCode[state],
    holder: start !== null ? holding.number : isOpen && isDue ? holding.holderOf("delivery") : 0,
    workflow_version: origin.workflowVersion,
    template_version: origin.templateVersion,
    attempts: start === null ? 0 : 1,
    created_at: createdAt,
    due_at: isOpen ? message.dueAt : null,
    expires_at: expiresAt,
    first_attempt_at: start?.at ?? null,
    settled_at: isOpen ? null : (message.start?.at ?? createdAt),
    started_at: start?.at ?? null,
    step: origin.step,
    workflow: origin.workflow,
    template: origin.template,
    category: origin.category,
    tenant: origin.tenant,
    recipient: message.recipient,
    address_hash: message.addressHash,
    reason: expired ? "expired" : null,
    content: message.content,
    decisions: message.decisions,
    attempt: start === null ? null : startedAttempt(start, 1),
    sender: start?.integration ?? null,
  };
}
