import type { SqlValue } from "./columns.ts";

/** A column as PostgreSQL has it, and what SQLite gives for it, where that is not the column of the same name. */
export interface MovedColumn {
  name: string;
  type: "integer" | "bigint" | "smallint" | "text" | "uuid";
  source: string | undefined;
}

export interface MovedTable {
  name: string;
  columns: readonly MovedColumn[];
  /** Columns by which both sides are read in order: an index of both, where the destination's may have the environment in front. */
  key: readonly string[];
  /** Whether the destination's index leads with an environment that the key does not have. */
  perEnvironment: boolean;
}

/** Values of a row in the order of the table's columns. */
export type MovedRow = readonly SqlValue[];
/** Values of a row's key. */
export type MovedKey = readonly (string | number)[];

/** Rows that follow each other by key. */
export interface MovedPage {
  rows: readonly MovedRow[];
  /** Key of the last row; undefined where there is none. */
  last: MovedKey | undefined;
  /** Nothing comes after it. */
  isEnd: boolean;
}

/** Rows that are in memory at once. A page has at least one row, however long that is. */
export interface PageBounds {
  rowsMax: number;
  bytesMax: number;
}

/** Sources of a table whose open work is some process's. */
export const nobody = { holder: "0" };

const typeOf = { i: "integer", b: "bigint", s: "smallint", t: "text", u: "uuid" } as const;

/** `columns`: names with the first letter of their type, as in `id:u due_at:b`, and a value of its own where SQLite has none. */
export function movedTable(
  name: string,
  key: string,
  columns: string,
  sources: Readonly<Record<string, string>> = {},
): MovedTable {
  const parsed = columns
    .trim()
    .split(/\s+/)
    .map((word): MovedColumn => {
      const [column = "", letter = ""] = word.split(":");
      const type = Object.entries(typeOf).find(([each]) => each === letter)?.[1];
      if (type === undefined) throw new Error(`column ${name}.${word} has no type`);
      return { name: column, type, source: sources[column] };
    });
  const keys = key.split(" ");
  const isScoped = keys.includes("environment_id") || parsed.every((column) => column.name !== "environment_id");
  return { name, key: keys, columns: parsed, perEnvironment: !isScoped && !ownIndex.has(name) };
}

/** Tables whose destination has an index that begins with the key itself. */
const ownIndex: ReadonlySet<string> = new Set(["api_key", "replayed", "webhook", "webhook_delivery"]);

export function keyOf(table: MovedTable, row: MovedRow): MovedKey {
  return table.key.map((column) => {
    const value = row[table.columns.findIndex(({ name }) => name === column)];
    if (value === null || value === undefined) throw new Error(`a row of ${table.name} has no ${column}`);
    return value;
  });
}
