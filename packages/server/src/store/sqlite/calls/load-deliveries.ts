import { channels, lanes, messageStates } from "@tidings/contract/words";
import type { MessageOrigin } from "../../../domain/message.ts";
import type { DeliveryRecord } from "../../../ports/store/deliver.ts";
import type { EventPart } from "../../../ports/store/event-part.ts";
import { type CurrentAttempt, currentAttempt } from "../attempts.ts";
import { laneCode, messageStateCode, wordAt } from "../codes.ts";
import type { Call } from "../context.ts";
import type { Database, SqlRow } from "../database.ts";
import { integer, integerOrNull, text, textOrNull } from "../rows.ts";
import { EventParts } from "./event-parts.ts";
import { recipientRecord } from "./load-recipients.ts";

const openSql = `select * from message where id = ? and state in (${messageStateCode.queued}, ${messageStateCode.sending})`;

export const loadDeliveries: Call<"loadDeliveries"> = ({ database }, { ids }) => {
  const events = new EventParts(database);
  return ids.flatMap((id) => {
    const row = database.get(openSql, id);
    const event = row === undefined ? undefined : events.of(text(row, "event_id"));
    return row === undefined || event === undefined ? [] : [record(database, row, event)];
  });
};

function record(database: Database, row: SqlRow, event: EventPart): DeliveryRecord {
  const environmentId = integer(row, "environment_id");
  const recipient = text(row, "recipient");
  const attempt = currentAttempt(row);
  const state = wordAt(messageStates, integer(row, "state"));
  return {
    id: text(row, "id"),
    runId: text(row, "run_id"),
    origin: originOf(row),
    recipient,
    addressHash: text(row, "address_hash"),
    state,
    createdAt: integer(row, "created_at"),
    expiresAt: integerOrNull(row, "expires_at"),
    content: textOrNull(row, "content"),
    attempts: integer(row, "attempts"),
    firstAttemptAt: integerOrNull(row, "first_attempt_at"),
    open:
      state === "sending" && attempt !== undefined
        ? {
            integration: attempt.integration,
            node: attempt.node,
            startedAt: attempt.started,
            leaseUntil: attempt.lease,
          }
        : null,
    last: lastEnd(database, row, attempt),
    event,
    recipientRecord: recipientRecord(database, environmentId, recipient) ?? null,
  };
}

function originOf(row: SqlRow): MessageOrigin {
  return {
    environmentId: integer(row, "environment_id"),
    workflow: text(row, "workflow"),
    workflowVersion: integer(row, "workflow_version"),
    step: text(row, "step"),
    template: text(row, "template"),
    templateVersion: integer(row, "template_version"),
    channel: wordAt(channels, integer(row, "channel")),
    lane: wordAt(lanes, integer(row, "lane")),
    category: text(row, "category"),
    tenant: text(row, "tenant"),
  };
}

/**
 * How the last attempt ended. Where a message must not go out twice, a provider that may have it, or turned out late to
 * have it, outweighs later refusals: no other one could tell a repetition.
 */
function lastEnd(database: Database, row: SqlRow, attempt: CurrentAttempt | undefined): DeliveryRecord["last"] {
  if (attempt?.outcome === undefined) return undefined;
  if (attempt.outcome !== "rejected") return { integration: attempt.integration, outcome: "unknown" };
  const bound =
    attempt.number > 1 && integer(row, "lane") === laneCode.marketing
      ? database.get(
          "select integration from attempt where message_id = ? and outcome <> 'rejected' order by number desc limit 1",
          text(row, "id"),
        )
      : undefined;
  return bound === undefined
    ? { integration: attempt.integration, outcome: "rejected" }
    : { integration: text(bound, "integration"), outcome: "unknown" };
}
