import type { AllowanceRow, BounceSum } from "../../../ports/store/allowances.ts";
import { integer, type SqlRow, text } from "../columns.ts";

export const allowanceRow = (row: SqlRow): AllowanceRow => ({
  environmentId: integer(row, "environment_id"),
  key: text(row, "key"),
  day: integer(row, "day"),
  used: integer(row, "used"),
});

export const bounceSum = (row: SqlRow): BounceSum => ({
  integration: text(row, "integration"),
  sent: integer(row, "sent"),
  bounced: integer(row, "bounced"),
});
