import { type SqlRow, text } from "../../sql/columns.ts";

/** Rows in the order in which their ids were asked for. */
export function inOrderOf(ids: readonly string[], rows: readonly SqlRow[]): SqlRow[] {
  const byId = new Map(rows.map((row) => [text(row, "id"), row]));
  return ids.flatMap((id): SqlRow[] => {
    const row = byId.get(id);
    return row === undefined ? [] : [row];
  });
}
