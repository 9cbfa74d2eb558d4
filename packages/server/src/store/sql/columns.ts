export type SqlValue = string | number | null;
export type SqlRow = Record<string, unknown>;

/** Readers of columns. Schemas are strict, so a wrong type is a fault of a statement; it is named. */
export function text(row: SqlRow, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new TypeError(`column ${column} is not text`);
  return value;
}

export function integer(row: SqlRow, column: string): number {
  const value = row[column];
  if (typeof value !== "number") throw new TypeError(`column ${column} is not a number`);
  return value;
}

export function textOrNull(row: SqlRow, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

export function integerOrNull(row: SqlRow, column: string): number | null {
  return row[column] === null ? null : integer(row, column);
}

/** One of a closed list of words. */
export function word<Word extends string>(row: SqlRow, column: string, words: readonly Word[]): Word {
  const stored = text(row, column);
  const known = words.find((each) => each === stored);
  if (known === undefined)
    throw new TypeError(`column ${column} holds ${stored}, which is none of ${words.join(", ")}`);
  return known;
}
