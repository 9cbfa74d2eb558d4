import { type PauseKind, pauseKinds } from "@tidings/contract/pauses";
import type { PauseRow } from "../../../ports/store/pauses.ts";
import { integer, integerOrNull, type SqlRow, text } from "../columns.ts";

export function pauseRow(row: SqlRow): PauseRow {
  return {
    id: text(row, "id"),
    environmentId: integer(row, "environment_id"),
    kind: kindOf(text(row, "kind")),
    key: text(row, "key"),
    tenant: text(row, "tenant"),
    reason: text(row, "reason"),
    createdAt: integer(row, "created_at"),
    until: integerOrNull(row, "ends_at"),
    endedAt: integerOrNull(row, "ended_at"),
    releasedAt: integerOrNull(row, "released_at"),
    sequence: integer(row, "sequence"),
  };
}

function kindOf(word: string): PauseKind {
  const kind = pauseKinds.find((known) => known === word);
  if (kind === undefined) throw new RangeError("stored kind of pause is not known");
  return kind;
}
