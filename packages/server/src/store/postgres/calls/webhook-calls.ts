import type { WebhookAttempt, WebhookDisabledReason } from "../../../ports/store/webhooks.ts";
import { webhookStateCode } from "../../sql/codes.ts";
import { integer, integerOrNull, text, textOrNull } from "../../sql/columns.ts";
import { wantsType } from "../../sql/endpoints.ts";
import { isId } from "../../sql/is-id.ts";
import { webhookRow } from "../../sql/rows/webhook.ts";
import { webhookDeliveryRow } from "../../sql/rows/webhook-delivery.ts";
import { takingTurns } from "../../sql/taking-turns.ts";
import { endpointsPerLook } from "../../sql/webhook-log.ts";
import type { Call, CallContext } from "../context.ts";
import { messageRows } from "./message-rows.ts";
import { letNextWebhooksGo } from "./webhook-line.ts";

const dueSql = `select d.id, d.webhook_id, d.holder
  from unnest($1::text[]) as e (webhook_id), unnest(array[0, $2::int]) as h (holder),
    lateral (select w.id, w.webhook_id, w.holder, w.due_at from webhook_delivery w
      where w.holder = h.holder and w.webhook_id = e.webhook_id and w.due_at <= $3 order by w.due_at limit $4) d
  order by d.due_at, d.id`;
const claimedSql = `with picked as (
    select w.id from webhook_delivery w where w.id = any ($1::text[]) and w.holder = 0 and w.due_at <= $3
    for update skip locked
  )
  update webhook_delivery set holder = $2 from picked where webhook_delivery.id = picked.id returning webhook_delivery.id`;

/** Of enabled endpoints, which are in memory: a disabled one's thousands of rows are never passed. */
export const dueWebhookDeliveries: Call<"dueWebhookDeliveries"> = async (
  { sql, webhooks, holding },
  { now, limit, perEndpointMax },
) => {
  const endpoints = await webhooks.endpoints.next(sql, endpointsPerLook);
  if (endpoints.length === 0) return [];
  const rows = await sql.all(dueSql, endpoints, holding.number, now, perEndpointMax);
  const lists = endpoints.map((endpoint) =>
    rows.filter((row) => text(row, "webhook_id") === endpoint).slice(0, perEndpointMax),
  );
  const found = takingTurns(lists, limit);
  const free = found.filter((row) => integer(row, "holder") === 0).map((row) => text(row, "id"));
  const claimed =
    free.length === 0 ? [] : (await sql.all(claimedSql, free, holding.number, now)).map((row) => text(row, "id"));
  const mine = new Set(claimed);
  return found
    .filter((row) => integer(row, "holder") !== 0 || mine.has(text(row, "id")))
    .map((row) => ({ id: text(row, "id"), webhookId: text(row, "webhook_id") }));
};

export const hookedEnvironments: Call<"hookedEnvironments"> = async ({ sql, webhooks }, { environmentIds, type }) => {
  const endpoints = await webhooks.endpoints.read(sql);
  return environmentIds.filter((id) => endpoints.get(id)?.some((one) => wantsType(one, type)) === true);
};

export const loadWebhookCall: Call<"loadWebhookCall"> = async ({ sql }, { id }) => {
  const row = await sql.get(
    `select * from webhook_delivery where id = $1 and state = ${webhookStateCode.waiting} and due_at is not null`,
    id,
  );
  if (row === undefined) return undefined;
  const delivery = webhookDeliveryRow(row);
  const webhook = await sql.get("select * from webhook where id = $1 and enabled = 1", delivery.webhookId);
  if (webhook === undefined) return undefined;
  const message = isId(delivery.messageId)
    ? await sql.get(
        `select message.*, (select event.trace from event
           where event.environment_id = message.environment_id and event.id = message.event_id) as trace
         from message where environment_id = $1 and id = $2`,
        delivery.environmentId,
        delivery.messageId,
      )
    : undefined;
  const recipient =
    delivery.recipient === ""
      ? undefined
      : await sql.get(
          "select wrapped_key from recipient where environment_id = $1 and id = $2",
          delivery.environmentId,
          delivery.recipient,
        );
  const recipientKey = recipient === undefined ? null : text(recipient, "wrapped_key");
  const [shown] = message === undefined ? [] : await messageRows(sql, [message]);
  const trace = message === undefined ? null : textOrNull(message, "trace");
  return { delivery, webhook: webhookRow(webhook), message: shown ?? null, recipientKey, trace };
};

/** The attempt's number is the fence: who holds an older one only leaves evidence. */
export const recordWebhookAttempt: Call<"recordWebhookAttempt"> = async (context, attempt) => {
  const { sql } = context;
  const { after, deliveryId, number, at, durationMs, status, code } = attempt;
  await sql.run(
    `insert into webhook_attempt (delivery_id, number, at, duration_ms, status, code) values ($1, $2, $3, $4, $5, $6)
     on conflict do nothing`,
    deliveryId,
    number,
    at,
    durationMs,
    status,
    code,
  );
  const row = await sql.get(
    `update webhook_delivery set state = $1, due_at = $2, settled_at = $3, attempts = $4, tries = tries + 1, holder = 0,
       place = case when $3::bigint is null then place end
     where id = $5 and attempts = $6 and state = ${webhookStateCode.waiting} returning webhook_id, recipient`,
    webhookStateCode[after.state],
    after.state === "waiting" ? after.dueAt : null,
    after.state === "waiting" ? null : at + durationMs,
    number,
    deliveryId,
    number - 1,
  );
  if (row === undefined) return { status: "fenced", disabled: null };
  const webhookId = text(row, "webhook_id");
  const recipient = text(row, "recipient");
  const disabled = await judge(context, webhookId, attempt);
  if (recipient !== "" && after.state !== "waiting") await letNextWebhooksGo(sql, [{ webhookId, recipient }]);
  return { status: "recorded", disabled };
};

/** Keeps since when an endpoint has failed, and disables it where that is too long, or it asked for it. */
async function judge(
  { sql, webhooks }: CallContext,
  webhookId: string,
  { after, at, disable, failingMaxMs }: WebhookAttempt,
): Promise<WebhookDisabledReason | null> {
  if (after.state === "delivered") {
    await sql.run("update webhook set failing_since = null where id = $1 and failing_since is not null", webhookId);
    return null;
  }
  if (failingMaxMs === null) return null;
  const row = await sql.get(
    "update webhook set failing_since = coalesce(failing_since, $1) where id = $2 returning failing_since, enabled",
    at,
    webhookId,
  );
  if (row === undefined || integer(row, "enabled") === 0) return null;
  const failing = at - (integerOrNull(row, "failing_since") ?? at) >= failingMaxMs;
  const reason = disable ?? (failing ? "failing" : null);
  if (reason === null) return null;
  await sql.run(
    "update webhook set enabled = 0, disabled_at = $1, disabled_reason = $2, version = version + 1 where id = $3",
    at,
    reason,
    webhookId,
  );
  webhooks.changed();
  return reason;
}
