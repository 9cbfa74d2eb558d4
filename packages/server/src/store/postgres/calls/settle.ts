import type { MessageState } from "@tidings/contract/words";
import { messageStateCode } from "../../sql/codes.ts";
import { text } from "../../sql/columns.ts";
import { labelColumns, labelsOf, mailboxOf } from "../../sql/rows/labels.ts";
import type { CallContext } from "../context.ts";
import { few } from "../few.ts";
import { insertDeadLetter } from "./dead-letter.ts";
import { letNextGo, lineColumns } from "./let-next-go.ts";

export interface After {
  state: MessageState;
  dueAt?: number;
  reason?: string;
  detail?: string;
}

/** What was to be settled: the caller has checked, in this transaction, that it may. */
export interface Settled {
  environmentId: number;
  messageId: string;
  after: After;
  at: number;
  /** That of the attempt which led here; empty where none did. */
  integration: string;
}

const settledSql = `update message set state = r.state, due_at = r.due_at, holder = 0, reason = r.reason, settled_at = r.settled_at,
    sent_at = coalesce(r.sent_at, message.sent_at)
  from json_to_recordset($1) as r (environment_id int, id uuid, state smallint, due_at bigint, reason text, settled_at bigint, sent_at bigint)
  where message.environment_id = r.environment_id and message.id = r.id and ${few}
  returning message.id, ${labelColumns}, message.due_at, ${lineColumns}`;

/**
 * Moves messages' rows to what follows: state, timer, and a dead letter where one is dead. Counts them. Nobody holds a row
 * that waits for a time.
 */
export async function settleAll(context: CallContext, settled: readonly Settled[]): Promise<void> {
  if (settled.length === 0) return;
  const byId = new Map(settled.map((one) => [one.messageId, one]));
  const rows = settled.map(({ environmentId, messageId, after, at }) => {
    const dueAt = after.state === "queued" ? (after.dueAt ?? at) : null;
    return {
      environment_id: environmentId,
      id: messageId,
      state: messageStateCode[after.state],
      due_at: dueAt,
      reason: after.reason ?? null,
      settled_at: dueAt === null ? at : null,
      sent_at: after.state === "sent" ? at : null,
    };
  });
  const moved = await context.sql.all(settledSql, JSON.stringify(rows));
  for (const row of moved) {
    const one = byId.get(text(row, "id"));
    if (one === undefined) continue;
    const { environmentId, messageId, after, at, integration } = one;
    const metric = after.state === "queued" ? "retried" : after.state;
    if (metric === "sending") throw new RangeError("sending is no end");
    const labels = labelsOf(environmentId, row);
    const { channel, tenant } = labels;
    context.webhooks.state(environmentId, tenant, messageId, after.state, at);
    context.count(labels, metric, at, { integration, mailbox: mailboxOf(row) });
    if (after.state !== "dead") continue;
    const { reason = "", detail = "" } = after;
    await insertDeadLetter(context.sql, { environmentId, id: messageId, kind: "message", channel, reason, detail, at });
  }
  const [first] = settled;
  const ended = moved.filter((row) => row["due_at"] === null);
  if (first !== undefined) await letNextGo(context.sql, ended, first.at);
}
