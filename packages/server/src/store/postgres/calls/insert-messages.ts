import type { HeldMessage, NewMessage } from "../../../ports/store/orchestrate.ts";
import { startedAttempt } from "../../sql/attempts.ts";
import { channelCode, laneCode, messageStateCode } from "../../sql/codes.ts";
import { integer, text } from "../../sql/columns.ts";
import { droppedOf } from "../../sql/sunset.ts";
import type { CallContext } from "../context.ts";
import { claimAttention } from "./claim-attention.ts";
import { insertedMessagesSql } from "./inserted-messages-sql.ts";
import { claimSunsets, writeSunsets } from "./sunset.ts";

/**
 * Message ids are derived, so a step that runs again makes the same rows: they are there already. Gives which messages
 * were to be STARTED and are not, and which have no place by a cap, and why.
 */
export async function insertMessages(context: CallContext, messages: readonly NewMessage[]): Promise<HeldMessage[]> {
  if (messages.length === 0) return [];
  const sunsets = await claimSunsets(context.sql, messages);
  const awake = sunsets?.messages ?? messages;
  const admitted = await claimAttention(context.sql, awake);
  const held = admitted?.held ?? [];
  if (sunsets !== undefined) {
    await writeSunsets(context.sql, sunsets, droppedOf(held));
    held.push(...sunsets.held.filter(({ id }) => !held.some((one) => one.id === id)));
  }
  await insertAdmitted(context, admitted?.messages ?? awake, held);
  return held;
}

/** Adds to `held`. */
async function insertAdmitted(
  context: CallContext,
  messages: readonly NewMessage[],
  held: HeldMessage[],
): Promise<void> {
  if (messages.length === 0) return;
  const sorted = messages.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const rows = sorted.map((message) => rowOf(context, message));
  const found = await context.sql.all(insertedMessagesSql, JSON.stringify(rows));
  const states = new Map(found.map((row) => [text(row, "id"), integer(row, "state")]));
  for (const message of messages) {
    const status = account(context, message, states.get(message.id));
    if (status !== undefined) held.push({ id: message.id, status });
  }
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
    expanded: message.expanded === true ? 1 : null,
    recalled: message.recalled === true ? 1 : null,
    attempt: start === null ? null : startedAttempt(start, 1),
    sender: start?.integration ?? null,
  };
}
