import type { MessageState } from "@tidings/contract/words";
import { messageStateCode } from "../../sql/codes.ts";
import { integer } from "../../sql/columns.ts";
import { labelColumns, labelsOf, mailboxOf } from "../../sql/rows/labels.ts";
import type { CallContext } from "../context.ts";
import { insertDeadLetter } from "./dead-letter.ts";

export interface After {
  state: MessageState;
  dueAt?: number;
  reason?: string;
  detail?: string;
}

const settledSql = `update message set state = ?, due_at = ?, reason = ?, settled_at = ?, sent_at = case when ? then ? else sent_at end
     where id = ? returning environment_id, ${labelColumns}`;

/**
 * Moves a message's row to what follows: its state, its timer, and a dead letter where it is dead. The caller has
 * checked that it may. Counts it.
 */
export function settle(context: CallContext, messageId: string, after: After, at: number, integration: string): void {
  const { database } = context;
  const dueAt = after.state === "queued" ? (after.dueAt ?? at) : null;
  const row = database.get(
    settledSql,
    messageStateCode[after.state],
    dueAt,
    after.reason ?? null,
    dueAt === null ? at : null,
    after.state === "sent" ? 1 : 0,
    at,
    messageId,
  );
  if (row === undefined) return;
  const environmentId = integer(row, "environment_id");
  const labels = labelsOf(environmentId, row);
  const { channel, tenant } = labels;
  const metric = after.state === "queued" ? "retried" : after.state;
  if (metric === "sending") throw new RangeError("sending is no end");
  context.webhooks.state(environmentId, tenant, messageId, after.state, at);
  context.count(labels, metric, at, { integration, mailbox: mailboxOf(row) });
  if (after.state === "dead") {
    insertDeadLetter(database, {
      environmentId,
      id: messageId,
      kind: "message",
      channel,
      reason: after.reason ?? "",
      detail: after.detail ?? "",
      at,
    });
  }
}
