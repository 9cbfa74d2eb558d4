import type { Database } from "../database.ts";

/** Of a line out of which somebody has gone, the first is due from now on. */
export function letNextWebhookGo(database: Database, webhookId: string, recipient: string): void {
  database.run(
    `update webhook_delivery set due_at = at where due_at is null and id = (
       select id from webhook_delivery where webhook_id = ? and recipient = ? and place is not null order by place limit 1
     )`,
    webhookId,
    recipient,
  );
}
