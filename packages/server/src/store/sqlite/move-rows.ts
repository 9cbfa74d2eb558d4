import { MoveRefused } from "../sql/move-refused.ts";
import type { MovedRow, MovedTable } from "../sql/moved-table.ts";

/** What PostgreSQL stores nowhere. */
const nul = /\0/g;

/** Rows in the order of their key, as many as the last value says; after the key that the first ones are, where there is one. */
export function pageSql({ name, columns, key }: MovedTable, hasAfter: boolean): string {
  const selected = columns.map((column) =>
    column.source === undefined ? column.name : `${column.source} as ${column.name}`,
  );
  // A name alone could be that of the value which is given for it.
  const keys = key.map((column) => `${name}.${column}`).join(", ");
  const after = hasAfter ? `where (${keys}) > (${key.map(() => "?").join(", ")})` : "";
  return `select ${selected.join(", ")} from ${name} ${after} order by ${keys} limit ?`;
}

/** A row as it is read, in the order of the table's columns. */
export function rowOf(table: MovedTable, found: unknown): MovedRow {
  if (!Array.isArray(found)) throw new TypeError(`a row of ${table.name} is no list`);
  return table.columns.map(({ name, source }, index) => {
    const value: unknown = found[index];
    if (typeof value === "string") return value.includes("\0") ? value.replace(nul, "\ufffd") : value;
    if (typeof value === "number") return value;
    if (value !== null) throw new TypeError(`column ${table.name}.${name} holds a ${typeof value}`);
    if (name === "environment_id" && source !== undefined)
      throw new MoveRefused(`a row of ${table.name} belongs to nothing that is stored: ${String(found[1])}`);
    return null;
  });
}
