import { channels, lanes, type MessageState } from "@tidings/contract/words";
import { campaignOf } from "../../sql/campaign-sums.ts";
import { messageStateCode, wordAt } from "../../sql/codes.ts";
import { integer, text } from "../../sql/columns.ts";
import type { CallContext } from "../context.ts";
import { insertDeadLetter } from "./dead-letter.ts";

export interface After {
  state: MessageState;
  dueAt?: number;
  reason?: string;
  detail?: string;
}

/**
 * Moves a message's row to what follows: its state, its timer, and a dead letter where it is dead. The caller has
 * checked that it may. Counts it.
 */
export function settle(context: CallContext, messageId: string, after: After, at: number, integration: string): void {
  const { database } = context;
  const dueAt = after.state === "queued" ? (after.dueAt ?? at) : null;
  const row = database.get(
    `update message set state = ?, due_at = ?, reason = ?, settled_at = ?, sent_at = case when ? then ? else sent_at end
     where id = ? returning environment_id, channel, lane, category, tenant, event_id, expanded`,
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
  const channel = wordAt(channels, integer(row, "channel"));
  const metric = after.state === "queued" ? "retried" : after.state;
  if (metric === "sending") throw new RangeError("sending is no end");
  const tenant = text(row, "tenant");
  context.webhooks.state(environmentId, tenant, messageId, after.state, at);
  context.count(
    {
      environmentId,
      channel,
      lane: wordAt(lanes, integer(row, "lane")),
      category: text(row, "category"),
      tenant,
      campaign: campaignOf(row),
    },
    metric,
    at,
    integration,
  );
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
