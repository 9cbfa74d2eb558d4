import type { NewMessage } from "../../../ports/store/orchestrate.ts";
import { startedAttempt } from "../../sql/attempts.ts";
import { channelCode, laneCode, mailboxProviderCode, messageStateCode } from "../../sql/codes.ts";
import { type Ahead, behind, lookAgainAt } from "../../sql/order.ts";
import { putOffTo } from "../../sql/put-off-to.ts";
import type { CallContext } from "../context.ts";

/** A message as `insertedMessagesSql` takes it. `ahead`: what it may not start before, where it was to start. */
export function rowOf({ holding }: CallContext, message: NewMessage, ahead?: Ahead) {
  const { origin, createdAt, expiresAt } = message;
  const expired = message.start !== null && expiresAt !== null && expiresAt <= message.start.at;
  const start = expired || ahead !== undefined ? null : message.start;
  const standsUntil = ahead && message.start && !expired ? lookAgainAt(ahead, message.start.at) : undefined;
  const state = expired ? "expired" : start === null ? message.state : "sending";
  const isOpen = state === "queued" || state === "sending";
  const isDue = message.dueAt !== null && message.dueAt <= createdAt && standsUntil === undefined;
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
    due_at: isOpen ? (standsUntil ?? message.dueAt) : null,
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
    reason: expired ? "expired" : standsUntil === undefined ? null : behind,
    content: message.content,
    decisions: message.decisions,
    expanded: message.expanded === true ? 1 : null,
    recalled: message.recalled === true ? 1 : null,
    // Left out where there is none: the statement's text stays as short as it was.
    collapse_hash: message.collapseHash,
    order_key: message.order?.key,
    order_place: message.order?.place,
    confirms_stop: message.confirmsStop,
    mailbox: message.mailbox === undefined ? undefined : mailboxProviderCode[message.mailbox],
    put_off_to: putOffTo(message) ?? undefined,
    watcher: message.watcher,
    attempt: start === null ? null : startedAttempt(start, 1),
    sender: start?.integration ?? null,
  };
}
