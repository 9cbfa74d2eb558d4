import { type ProbeStatus, probeStatuses } from "@tidings/contract/readiness";
import type { ProbeRow } from "../../../ports/store/probes.ts";
import { integer, integerOrNull, type SqlRow, text, textOrNull } from "../columns.ts";

export function probeRow(row: SqlRow): ProbeRow {
  return {
    environmentId: integer(row, "environment_id"),
    integration: text(row, "integration"),
    version: integer(row, "version"),
    status: statusOf(textOrNull(row, "status")),
    code: text(row, "code"),
    detail: text(row, "detail"),
    at: integerOrNull(row, "at"),
    goodAt: integerOrNull(row, "good_at"),
  };
}

function statusOf(stored: string | null): ProbeStatus | null {
  if (stored === null) return null;
  const known = probeStatuses.find((status) => status === stored);
  if (known === undefined) throw new TypeError("column status has no known status");
  return known;
}
