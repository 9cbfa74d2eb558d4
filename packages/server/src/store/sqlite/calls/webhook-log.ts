import { webhookDeliveryStates, webhookTypes } from "@tidings/contract/webhooks";
import type { WebhookAttemptRow, WebhookDeliveryRow } from "../../../ports/store/webhooks.ts";
import { webhookStateCode, webhookTypeCode, wordAt } from "../codes.ts";
import type { Call } from "../context.ts";
import type { Database, SqlRow } from "../database.ts";
import { integer, integerOrNull, text } from "../rows.ts";

/** Rows that one page looks at: filters have no index. */
const scannedMax = 5_000;
/** Attempts that a delivery is shown with. */
const attemptsShownMax = 50;

export const listWebhookDeliveries: Call<"listWebhookDeliveries"> = ({ database }, query) => {
  const colon = query.before.indexOf(":");
  const at = colon < 0 ? Number.MAX_SAFE_INTEGER : Number(query.before.slice(0, colon));
  const found = database.all(
    `select id, at, state, type, environment_id from webhook_delivery
     where webhook_id = ? and (at, id) < (?, ?) order by at desc, id desc limit ?`,
    query.webhookId,
    at,
    colon < 0 ? "" : query.before.slice(colon + 1),
    scannedMax,
  );
  const items: (WebhookDeliveryRow & { log: WebhookAttemptRow[] })[] = [];
  let last: SqlRow | undefined;
  for (const row of found) {
    last = row;
    const fits =
      integer(row, "environment_id") === query.environmentId &&
      (query.state === undefined || integer(row, "state") === webhookStateCode[query.state]) &&
      (query.type === undefined || integer(row, "type") === webhookTypeCode[query.type]);
    const delivery = fits ? withLog(database, text(row, "id")) : undefined;
    if (delivery !== undefined) items.push(delivery);
    if (items.length === query.limit) break;
  }
  const more = found.length === scannedMax || items.length === query.limit;
  return { items, next: more && last !== undefined ? `${integer(last, "at")}:${text(last, "id")}` : undefined };
};

export const resendWebhookDelivery: Call<"resendWebhookDelivery"> = (
  { database },
  { environmentId, webhookId, id, now },
) => {
  const changed = database.run(
    `update webhook_delivery set state = ${webhookStateCode.waiting}, due_at = ?, settled_at = null, tries = 0
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
  return row === undefined ? undefined : deliveryRow(row);
};

export const purgeWebhookDeliveries: Call<"purgeWebhookDeliveries"> = ({ database }, { before, limit }) => {
  const rows = database.all("select id from webhook_delivery where at < ? order by at limit ?", before, limit);
  const ids = JSON.stringify(rows.map((row) => text(row, "id")));
  database.run("delete from webhook_attempt where delivery_id in (select value from json_each(?))", ids);
  return database.run("delete from webhook_delivery where id in (select value from json_each(?))", ids);
};

function withLog(database: Database, id: string): (WebhookDeliveryRow & { log: WebhookAttemptRow[] }) | undefined {
  const row = database.get("select * from webhook_delivery where id = ?", id);
  if (row === undefined) return undefined;
  const log = database
    .all("select * from webhook_attempt where delivery_id = ? order by number desc limit ?", id, attemptsShownMax)
    .map((attempt) => ({
      number: integer(attempt, "number"),
      at: integer(attempt, "at"),
      durationMs: integer(attempt, "duration_ms"),
      status: integerOrNull(attempt, "status"),
      code: text(attempt, "code"),
    }));
  return { ...deliveryRow(row), log: log.reverse() };
}

export function deliveryRow(row: SqlRow): WebhookDeliveryRow {
  return {
    id: text(row, "id"),
    webhookId: text(row, "webhook_id"),
    environmentId: integer(row, "environment_id"),
    messageId: text(row, "message_id"),
    type: wordAt(webhookTypes, integer(row, "type")),
    state: wordAt(webhookDeliveryStates, integer(row, "state")),
    at: integer(row, "at"),
    dueAt: integerOrNull(row, "due_at"),
    settledAt: integerOrNull(row, "settled_at"),
    attempts: integer(row, "attempts"),
    tries: integer(row, "tries"),
  };
}
