import type { WebhookAttemptRow } from "../../../ports/store/webhook-attempts.ts";
import type { WebhookDeliveryRow } from "../../../ports/store/webhooks.ts";
import { webhookStateCode, webhookTypeCode } from "../../sql/codes.ts";
import { text } from "../../sql/columns.ts";
import { webhookAttemptRow, webhookDeliveryRow } from "../../sql/rows/webhook-delivery.ts";
import { scannedMax } from "../../sql/scanned-max.ts";
import { attemptsShownMax, pageBegin, pageOf } from "../../sql/webhook-log.ts";
import type { Call } from "../context.ts";
import type { Database } from "../database.ts";
import { letNextWebhookGo } from "./webhook-line.ts";

export const listWebhookDeliveries: Call<"listWebhookDeliveries"> = ({ database }, query) => {
  const begin = pageBegin(query.before);
  const found = database.all(
    `select id, at, state, type, environment_id from webhook_delivery
     where webhook_id = ? and (at, id) < (?, ?) order by at desc, id desc limit ?`,
    query.webhookId,
    begin.at,
    begin.id,
    scannedMax,
  );
  const { rows, next } = pageOf(found, query);
  return { items: rows.flatMap((row) => withLog(database, text(row, "id")) ?? []), next };
};

export const resendWebhookDelivery: Call<"resendWebhookDelivery"> = (
  { database },
  { environmentId, webhookId, id, now },
) => {
  const changed = database.run(
    `update webhook_delivery set state = ${webhookStateCode.waiting}, settled_at = null, tries = 0,
       due_at = case when place is null or due_at is not null then ? end
     where id = ? and webhook_id = ? and environment_id = ?`,
    now,
    id,
    webhookId,
    environmentId,
  );
  return changed === 0 ? undefined : withLog(database, id);
};

export const addWebhookExample: Call<"addWebhookExample"> = (
  { database },
  { environmentId, webhookId, id, type, now },
) => {
  const row = database.get(
    `insert into webhook_delivery (id, webhook_id, environment_id, message_id, type, state, at, due_at, attempts, tries)
     select ?, id, environment_id, '', ?, ${webhookStateCode.waiting}, ?, ?, 0, 0 from webhook where id = ? and environment_id = ?
     returning *`,
    id,
    webhookTypeCode[type],
    now,
    now,
    webhookId,
    environmentId,
  );
  return row === undefined ? undefined : webhookDeliveryRow(row);
};

export const purgeWebhookDeliveries: Call<"purgeWebhookDeliveries"> = ({ database }, { before, limit }) => {
  const rows = database.all(
    "select id, webhook_id, recipient, place from webhook_delivery where at < ? order by at limit ?",
    before,
    limit,
  );
  const ids = JSON.stringify(rows.map((row) => text(row, "id")));
  database.run("delete from webhook_attempt where delivery_id in (select value from json_each(?))", ids);
  const deleted = database.run("delete from webhook_delivery where id in (select value from json_each(?))", ids);
  for (const row of rows)
    if (row["place"] !== null) letNextWebhookGo(database, text(row, "webhook_id"), text(row, "recipient"));
  return deleted;
};

function withLog(database: Database, id: string): (WebhookDeliveryRow & { log: WebhookAttemptRow[] }) | undefined {
  const row = database.get("select * from webhook_delivery where id = ?", id);
  if (row === undefined) return undefined;
  const log = database
    .all("select * from webhook_attempt where delivery_id = ? order by number desc limit ?", id, attemptsShownMax)
    .map(webhookAttemptRow);
  return { ...webhookDeliveryRow(row), log: log.reverse() };
}
