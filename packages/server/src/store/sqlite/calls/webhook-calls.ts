import type { WebhookAttempt, WebhookDisabledReason } from "../../../ports/store/webhooks.ts";
import { webhookStateCode } from "../../sql/codes.ts";
import { integer, integerOrNull, text, textOrNull } from "../../sql/columns.ts";
import { messageRow } from "../../sql/rows/message.ts";
import { webhookRow } from "../../sql/rows/webhook.ts";
import { webhookDeliveryRow } from "../../sql/rows/webhook-delivery.ts";
import { takingTurns } from "../../sql/taking-turns.ts";
import { endpointsPerLook } from "../../sql/webhook-log.ts";
import { attemptsOf } from "../attempts.ts";
import type { Call, CallContext } from "../context.ts";
import { letNextWebhookGo } from "./webhook-line.ts";

/** Enabled endpoints are in memory, so a disabled one's thousands of rows are never passed. No lease: see `dueEvents`. */
export const dueWebhookDeliveries: Call<"dueWebhookDeliveries"> = (
  { database, webhooks },
  { now, limit, perEndpointMax },
) => {
  const lists = webhooks
    .next(endpointsPerLook)
    .map((webhookId) =>
      database
        .all(
          "select id from webhook_delivery where webhook_id = ? and due_at <= ? order by due_at limit ?",
          webhookId,
          now,
          perEndpointMax,
        )
        .map((row) => ({ id: text(row, "id"), webhookId })),
    );
  return takingTurns(lists, limit);
};

export const hookedEnvironments: Call<"hookedEnvironments"> = ({ webhooks }, { environmentIds, type }) =>
  environmentIds.filter((id) => webhooks.wants(id, type));

export const loadWebhookCall: Call<"loadWebhookCall"> = ({ database }, { id }) => {
  const row = database.get(
    `select * from webhook_delivery where id = ? and state = ${webhookStateCode.waiting} and due_at is not null`,
    id,
  );
  if (row === undefined) return undefined;
  const delivery = webhookDeliveryRow(row);
  const webhook = database.get("select * from webhook where id = ? and enabled = 1", delivery.webhookId);
  if (webhook === undefined) return undefined;
  const message = database.get(
    `select message.*, (select event.trace from event where event.id = message.event_id) as trace
     from message where id = ? and environment_id = ?`,
    delivery.messageId,
    delivery.environmentId,
  );
  const recipient = database.get(
    "select wrapped_key from recipient where environment_id = ? and id = ?",
    delivery.environmentId,
    delivery.recipient,
  );
  return {
    delivery,
    webhook: webhookRow(webhook),
    recipientKey: recipient === undefined ? null : text(recipient, "wrapped_key"),
    message: message === undefined ? null : messageRow(message, attemptsOf(database, message)),
    trace: message === undefined ? null : textOrNull(message, "trace"),
  };
};

/** The attempt's number is the fence: who holds an older one only leaves evidence. */
export const recordWebhookAttempt: Call<"recordWebhookAttempt"> = (context, attempt) => {
  const { database } = context;
  const { after, deliveryId, number, at, durationMs, status, code } = attempt;
  database.run(
    "insert or ignore into webhook_attempt (delivery_id, number, at, duration_ms, status, code) values (?, ?, ?, ?, ?, ?)",
    deliveryId,
    number,
    at,
    durationMs,
    status,
    code,
  );
  const settledAt = at + durationMs;
  const row = database.get(
    `update webhook_delivery set state = ?1, due_at = ?2, settled_at = ?3, attempts = ?4, tries = tries + 1,
       place = case when ?3 is null then place end
     where id = ?5 and attempts = ?6 and state = ${webhookStateCode.waiting} returning webhook_id, recipient`,
    webhookStateCode[after.state],
    after.state === "waiting" ? after.dueAt : null,
    after.state === "waiting" ? null : settledAt,
    number,
    deliveryId,
    number - 1,
  );
  if (row === undefined) return { status: "fenced", disabled: null };
  const webhookId = text(row, "webhook_id");
  const recipient = text(row, "recipient");
  if (recipient !== "" && after.state !== "waiting") letNextWebhookGo(database, webhookId, recipient);
  return { status: "recorded", disabled: judge(context, webhookId, attempt) };
};

/** Keeps since when an endpoint has failed, and disables it where that is too long, or it asked for it. */
function judge(
  { database, webhooks }: CallContext,
  webhookId: string,
  { after, at, disable, failingMaxMs }: WebhookAttempt,
): WebhookDisabledReason | null {
  if (after.state === "delivered") {
    database.run("update webhook set failing_since = null where id = ? and failing_since is not null", webhookId);
    return null;
  }
  if (failingMaxMs === null) return null;
  const row = database.get(
    "update webhook set failing_since = coalesce(failing_since, ?) where id = ? returning failing_since, enabled",
    at,
    webhookId,
  );
  if (row === undefined || integer(row, "enabled") === 0) return null;
  const failing = at - (integerOrNull(row, "failing_since") ?? at) >= failingMaxMs;
  const reason = disable ?? (failing ? "failing" : null);
  if (reason === null) return null;
  database.run(
    "update webhook set enabled = 0, disabled_at = ?, disabled_reason = ?, version = version + 1 where id = ?",
    at,
    reason,
    webhookId,
  );
  webhooks.forget();
  return reason;
}
