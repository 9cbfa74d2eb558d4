import type { ApiKeyRow, EnvironmentRow } from "../../../ports/store/keys.ts";
import { integer, integerOrNull, type SqlRow, text } from "../columns.ts";

export function environmentRow(row: SqlRow): EnvironmentRow {
  return {
    id: integer(row, "id"),
    key: text(row, "key"),
    wrappedDataKey: text(row, "wrapped_data_key"),
    wrappedAddressKey: text(row, "wrapped_address_key"),
    createdAt: integer(row, "created_at"),
  };
}

export function apiKeyRow(row: SqlRow): ApiKeyRow {
  return {
    id: text(row, "id"),
    environmentId: integer(row, "environment_id"),
    name: text(row, "name"),
    prefix: text(row, "prefix"),
    hash: text(row, "hash"),
    createdAt: integer(row, "created_at"),
    revokedAt: integerOrNull(row, "revoked_at"),
  };
}
