import { webhookDisabledReasons } from "@tidings/contract/webhooks";
import type { WebhookRow } from "../../../ports/store/webhooks.ts";
import { integer, integerOrNull, type SqlRow, text, textOrNull } from "../columns.ts";
import { typesOf } from "../webhook-types.ts";

export function webhookRow(row: SqlRow): WebhookRow {
  const reason = textOrNull(row, "disabled_reason");
  return {
    id: text(row, "id"),
    environmentId: integer(row, "environment_id"),
    description: text(row, "description"),
    types: typesOf(textOrNull(row, "types")),
    tenant: text(row, "tenant"),
    enabled: integer(row, "enabled") === 1,
    sealed: text(row, "sealed"),
    version: integer(row, "version"),
    disabledAt: integerOrNull(row, "disabled_at"),
    disabledReason: webhookDisabledReasons.find((known) => known === reason) ?? null,
    failingSince: integerOrNull(row, "failing_since"),
    createdAt: integer(row, "created_at"),
    updatedAt: integer(row, "updated_at"),
  };
}
