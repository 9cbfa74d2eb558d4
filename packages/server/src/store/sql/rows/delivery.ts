import { messageStates } from "@tidings/contract/words";
import type { MessageOrigin } from "../../../domain/message.ts";
import type { DeliveryRecord } from "../../../ports/store/deliver.ts";
import { type CurrentAttempt, currentAttempt } from "../attempts.ts";
import { laneCode, wordAt } from "../codes.ts";
import { integer, integerOrNull, type SqlRow, text, textOrNull } from "../columns.ts";
import { labelsOf, mailboxOf } from "./labels.ts";

type Joined = Pick<DeliveryRecord, "event" | "recipientRecord">;

/** `boundTo`: integration of the latest earlier attempt that was not refused, where `needsBound` says that it counts. */
export function deliveryRecord(row: SqlRow, joined: Joined, boundTo: string | undefined): DeliveryRecord {
  const attempt = currentAttempt(row);
  const state = wordAt(messageStates, integer(row, "state"));
  return {
    id: text(row, "id"),
    runId: textOrNull(row, "run_id") ?? "",
    origin: originOf(row),
    recipient: text(row, "recipient"),
    addressHash: text(row, "address_hash"),
    state,
    createdAt: integer(row, "created_at"),
    putOffTo: integerOrNull(row, "put_off_to"),
    mailbox: mailboxOf(row),
    expiresAt: integerOrNull(row, "expires_at"),
    content: textOrNull(row, "content"),
    attempts: integer(row, "attempts"),
    firstAttemptAt: integerOrNull(row, "first_attempt_at"),
    open: state === "sending" && attempt !== undefined ? openAttempt(attempt) : null,
    last: lastEnd(attempt, boundTo),
    isOrdered: row["order_key"] !== null,
    ...joined,
  };
}

function openAttempt({ integration, node, started, lease }: CurrentAttempt): NonNullable<DeliveryRecord["open"]> {
  return { integration, node, startedAt: started, leaseUntil: lease };
}

function originOf(row: SqlRow): MessageOrigin {
  return {
    ...labelsOf(integer(row, "environment_id"), row),
    workflowVersion: integer(row, "workflow_version"),
    step: text(row, "step"),
    template: text(row, "template"),
    templateVersion: integer(row, "template_version"),
  };
}

/**
 * Where a message must not go out twice, a provider that may have it, or turned out late to have it, outweighs later
 * refusals: no other one could tell a repetition.
 */
export function needsBound(row: SqlRow): boolean {
  const attempt = currentAttempt(row);
  return attempt?.outcome === "rejected" && attempt.number > 1 && integer(row, "lane") === laneCode.marketing;
}

/** How the last attempt ended. */
function lastEnd(attempt: CurrentAttempt | undefined, boundTo: string | undefined): DeliveryRecord["last"] {
  if (attempt?.outcome === undefined) return undefined;
  if (attempt.outcome !== "rejected") return { integration: attempt.integration, outcome: "unknown" };
  return boundTo === undefined
    ? { integration: attempt.integration, outcome: "rejected" }
    : { integration: boundTo, outcome: "unknown" };
}
