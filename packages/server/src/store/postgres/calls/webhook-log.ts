import type { WebhookAttemptRow } from "../../../ports/store/webhook-attempts.ts";
import type { WebhookDeliveryRow } from "../../../ports/store/webhooks.ts";
import { webhookStateCode, webhookTypeCode } from "../../sql/codes.ts";
import { type SqlRow, text } from "../../sql/columns.ts";
import { webhookAttemptRow, webhookDeliveryRow } from "../../sql/rows/webhook-delivery.ts";
import { scannedMax } from "../../sql/scanned-max.ts";
import { attemptsShownMax, pageBegin, pageOf } from "../../sql/webhook-log.ts";
import type { Call, Read } from "../context.ts";
import type { Session } from "../session.ts";
import { letNextWebhooksGo } from "./webhook-line.ts";

type Logged = WebhookDeliveryRow & { log: WebhookAttemptRow[] };

export const listWebhookDeliveries: Read<"listWebhookDeliveries"> = async ({ sql }, query) => {
  const begin = pageBegin(query.before);
  const found = await sql.all(
    "select * from webhook_delivery where webhook_id = $1 and (at, id) < ($2, $3) order by at desc, id desc limit $4",
    query.webhookId,
    begin.at,
    begin.id,
    scannedMax,
  );
  const { rows, next } = pageOf(found, query);
  return { items: await withLogs(sql, rows), next };
};

export const resendWebhookDelivery: Call<"resendWebhookDelivery"> = async (
  { sql },
  { environmentId, webhookId, id, now },
) => {
  const row = await sql.get(
    `update webhook_delivery set state = ${webhookStateCode.waiting}, settled_at = null, tries = 0, holder = 0,
       due_at = case when place is null or due_at is not null then $1::bigint end
     where id = $2 and webhook_id = $3 and environment_id = $4 returning *`,
    now,
    id,
    webhookId,
    environmentId,
  );
  return row === undefined ? undefined : (await withLogs(sql, [row]))[0];
};

export const addWebhookExample: Call<"addWebhookExample"> = async (
  { sql },
  { environmentId, webhookId, id, type, now },
) => {
  const row = await sql.get(
    `insert into webhook_delivery (id, webhook_id, environment_id, message_id, type, state, at, due_at, attempts, tries)
     select $1, id, environment_id, '', $2, ${webhookStateCode.waiting}, $3::bigint, $3::bigint, 0, 0
     from webhook where id = $4 and environment_id = $5
     returning *`,
    id,
    webhookTypeCode[type],
    now,
    webhookId,
    environmentId,
  );
  return row === undefined ? undefined : webhookDeliveryRow(row);
};

export const purgeWebhookDeliveries: Call<"purgeWebhookDeliveries"> = async ({ sql }, { before, limit }) => {
  const rows = await sql.all(
    "select id, webhook_id, recipient, place from webhook_delivery where at < $1 order by at limit $2 for update skip locked",
    before,
    limit,
  );
  if (rows.length === 0) return 0;
  const ids = rows.map((row) => text(row, "id"));
  const [, deleted] = await Promise.all([
    sql.run("delete from webhook_attempt where delivery_id = any ($1::text[])", ids),
    sql.run("delete from webhook_delivery where id = any ($1::text[])", ids),
  ]);
  const left = rows.filter((row) => row["place"] !== null);
  const lines = left.map((row) => ({ webhookId: text(row, "webhook_id"), recipient: text(row, "recipient") }));
  await letNextWebhooksGo(sql, lines);
  return deleted;
};

const logSql = `select a.* from unnest($1::text[]) as d (id),
  lateral (select * from webhook_attempt where delivery_id = d.id order by number desc limit ${attemptsShownMax}) a
  order by a.number`;

async function withLogs(sql: Session, rows: readonly SqlRow[]): Promise<Logged[]> {
  if (rows.length === 0) return [];
  const logs = new Map<string, WebhookAttemptRow[]>(rows.map((row) => [text(row, "id"), []]));
  for (const row of await sql.all(logSql, [...logs.keys()]))
    logs.get(text(row, "delivery_id"))?.push(webhookAttemptRow(row));
  return rows.map((row) => ({ ...webhookDeliveryRow(row), log: logs.get(text(row, "id")) ?? [] }));
}
