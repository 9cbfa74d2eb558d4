import type { SealedMail } from "../../../ports/store/maintenance.ts";
import { integer, type SqlRow, text } from "../columns.ts";

export function mailRow(row: SqlRow): SealedMail {
  return {
    id: text(row, "id"),
    environmentId: integer(row, "environment_id"),
    at: integer(row, "at"),
    sealed: text(row, "sealed"),
  };
}
