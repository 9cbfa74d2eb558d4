import { eventStates } from "@tidings/contract/words";
import type { CampaignCount, CampaignRow } from "../../../ports/store/campaigns.ts";
import { wordAt } from "../codes.ts";
import { integer, integerOrNull, type SqlRow, text } from "../columns.ts";

export function campaignRow(row: SqlRow): CampaignRow {
  return {
    id: text(row, "id"),
    name: text(row, "name"),
    document: text(row, "document"),
    scheduledAt: integerOrNull(row, "scheduled_at"),
    expiresAt: integerOrNull(row, "expires_at"),
    total: integerOrNull(row, "total"),
    cancellationHash: text(row, "cancellation_hash"),
    canceledAt: integerOrNull(row, "canceled_at"),
    pausedAt: integerOrNull(row, "paused_at"),
    resumedAt: integerOrNull(row, "resumed_at"),
    createdAt: integer(row, "created_at"),
    eventName: text(row, "event_name"),
    eventState: wordAt(eventStates, integer(row, "event_state")),
    hasParts: isTrue(row["has_parts"]),
    isOpen: isTrue(row["is_open"]),
  };
}

export function campaignCount(row: SqlRow): CampaignCount {
  return { metric: text(row, "metric"), minute: integer(row, "minute"), value: integer(row, "value") };
}

/** One engine has truth values, the other has numbers. */
const isTrue = (value: unknown): boolean => value === true || value === 1;
