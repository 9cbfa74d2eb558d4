import { type SuppressionScope, suppressionScopes } from "@tidings/contract/suppressions";
import { channels } from "@tidings/contract/words";
import type { SuppressionKey, SuppressionRow } from "../../../domain/suppression.ts";
import { wordAt } from "../codes.ts";
import { integer, type SqlRow, text } from "../columns.ts";

export function suppressionKey(row: SqlRow): SuppressionKey {
  return {
    channel: wordAt(channels, integer(row, "channel")),
    addressHash: text(row, "address_hash"),
    scope: scopeOf(text(row, "scope")),
    value: text(row, "value"),
  };
}

export function suppressionRow(row: SqlRow): SuppressionRow {
  return { ...suppressionKey(row), reason: text(row, "reason"), createdAt: integer(row, "created_at") };
}

function scopeOf(stored: string): SuppressionScope {
  const scope = suppressionScopes.find((word) => word === stored);
  if (scope === undefined) throw new RangeError(`stored scope ${stored} is not known`);
  return scope;
}
