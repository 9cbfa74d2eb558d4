import type { RecipientWebhook } from "../../../ports/store/recipient-webhooks.ts";
import { webhookStateCode, webhookTypeCode } from "../../sql/codes.ts";
import type { Session } from "../session.ts";
import { lockTexts } from "./lock-texts.ts";

/*
 * Lines of what endpoints are told of recipients, one per endpoint and recipient: only the first of a line has a due time. Who
 * stands in line and who lets the next one go both hold the line's lock and look behind it, in a statement that sees what the other has
 * committed: else one would wait for somebody who has just left. The lock is the last that a transaction takes.
 */

interface Line {
  webhookId: string;
  recipient: string;
}

const lineOf = ({ webhookId, recipient }: Line): string => `webhook line ${webhookId} ${recipient}`;

const insertedSql = `insert into webhook_delivery
    (id, webhook_id, environment_id, message_id, recipient, payload, type, state, at, due_at, place, attempts, tries)
  select r.id, r.webhook_id, r.environment_id, '', r.recipient, r.payload, r.type, ${webhookStateCode.waiting}, r.at,
    case when line.last is null and r.nth = 1 then r.at end, coalesce(line.last, 0) + r.nth, 0, 0
  from json_to_recordset($1) as r
      (id text, webhook_id text, environment_id int, recipient text, payload text, type smallint, at bigint, nth int),
    lateral (
      select max(d.place) as last from webhook_delivery d
      where d.webhook_id = r.webhook_id and d.recipient = r.recipient and d.place is not null
    ) as line`;

/** In the order given, behind all that stands there. */
export async function insertInLine(sql: Session, webhooks: readonly (RecipientWebhook & Line)[]): Promise<void> {
  if (webhooks.length === 0) return;
  await lockTexts(sql, webhooks.map(lineOf));
  const counts = new Map<string, number>();
  const rows = webhooks.map((one) => {
    const nth = (counts.get(lineOf(one)) ?? 0) + 1;
    counts.set(lineOf(one), nth);
    const { id, webhookId: webhook_id, environmentId: environment_id, recipient, payload, at } = one;
    return { id, webhook_id, environment_id, recipient, payload, type: webhookTypeCode[one.type], at, nth };
  });
  await sql.run(insertedSql, JSON.stringify(rows));
}

const nextSql = `update webhook_delivery set due_at = webhook_delivery.at
  from unnest($1::text[], $2::text[]) as r (webhook_id, recipient)
  where webhook_delivery.due_at is null and webhook_delivery.id = (
    select d.id from webhook_delivery d
    where d.webhook_id = r.webhook_id and d.recipient = r.recipient and d.place is not null order by d.place limit 1
  )`;

/** Of these lines, out of which somebody has gone, the first is due from now on. */
export async function letNextWebhooksGo(sql: Session, lines: readonly Line[]): Promise<void> {
  if (lines.length === 0) return;
  await lockTexts(sql, lines.map(lineOf));
  await sql.run(
    nextSql,
    lines.map(({ webhookId }) => webhookId),
    lines.map(({ recipient }) => recipient),
  );
}
