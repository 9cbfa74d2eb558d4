import type { TenantRow } from "../../../ports/store/tenants.ts";
import { integer, type SqlRow, text } from "../columns.ts";

export function tenantRow(row: SqlRow): TenantRow {
  return {
    environmentId: integer(row, "environment_id"),
    key: text(row, "key"),
    version: integer(row, "version"),
    document: text(row, "document"),
    updatedAt: integer(row, "updated_at"),
  };
}
