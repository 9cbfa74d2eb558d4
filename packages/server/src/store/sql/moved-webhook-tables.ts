import { type MovedTable, movedTable, nobody } from "./moved-table.ts";

/** Endpoints, and what they are to be told. */
export const movedWebhookTables: readonly MovedTable[] = [
  movedTable(
    "webhook",
    "id",
    `id:t environment_id:i description:t types:t tenant:t enabled:s sealed:t version:i disabled_at:b disabled_reason:t
     failing_since:b created_at:b updated_at:b`,
  ),
  movedTable(
    "webhook_delivery",
    "id",
    `id:t webhook_id:t environment_id:i message_id:t type:s state:s holder:i at:b due_at:b settled_at:b attempts:i tries:i
     recipient:t payload:t place:i`,
    nobody,
  ),
  movedTable("webhook_attempt", "delivery_id number", "delivery_id:t number:i at:b duration_ms:i status:i code:t"),
];
