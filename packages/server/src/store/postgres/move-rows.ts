import type { SqlRow, SqlValue } from "../sql/columns.ts";
import type { MovedKey, MovedRow, MovedTable } from "../sql/moved-table.ts";
import type { Session } from "./session.ts";

/*
 * Rows travel as one JSON text, as in all calls of this store. COPY was measured beside it, with the table `message`, its
 * indexes and batches of 5,000: 10,000 to 14,000 rows/s against 11,000 to 12,600, for indexes and their log take the time.
 */

const statements = new WeakMap<MovedTable, { insert: string }>();

function insertSql(table: MovedTable): string {
  const known = statements.get(table);
  if (known !== undefined) return known.insert;
  const names = table.columns.map(({ name }) => name).join(", ");
  const typed = table.columns.map(({ name, type }) => `${name} ${type}`).join(", ");
  const insert = `insert into ${table.name} (${names}) overriding system value select ${names} from json_to_recordset($1) as r (${typed})`;
  statements.set(table, { insert });
  return insert;
}

export async function insertRows(sql: Session, table: MovedTable, rows: readonly MovedRow[]): Promise<void> {
  const named = rows.map((row) => Object.fromEntries(table.columns.map(({ name }, index) => [name, row[index]])));
  await sql.run(insertSql(table), JSON.stringify(named));
}

interface KeyRange {
  /** The range begins behind this key; at the first row where it is undefined. */
  after: MovedKey | undefined;
  /** It ends with this key; with the last row where it is undefined. */
  to: MovedKey | undefined;
}

/**
 * What the database has of a range of keys, in their order. Partitions are found by the first column of the key alone, so it
 * is bounded by itself too.
 */
export async function rowsBetween(
  sql: Session,
  table: MovedTable,
  { after, to }: KeyRange,
  rowsMax: number,
): Promise<MovedRow[]> {
  const { columns, key, name, perEnvironment } = table;
  const values: (string | number)[] = [];
  const tuple = key.map((column) => `${name}.${column}`).join(", ");
  const bound = (operator: string, given: MovedKey): string => {
    const places = key.map((column, index) => {
      const value = given[index];
      if (value === undefined) throw new Error(`a key of ${name} has no ${column}`);
      values.push(value);
      return `$${values.length}::${columns.find((each) => each.name === column)?.type}`;
    });
    return `(${tuple}) ${operator} (${places.join(", ")}) and ${name}.${key[0]} ${operator[0]}= ${places[0]}`;
  };
  const conditions = [
    ...(perEnvironment ? ["environment_id = any (array(select environment.id from environment))"] : []),
    ...(after === undefined ? [] : [bound(">", after)]),
    ...(to === undefined ? [] : [bound("<=", to)]),
  ];
  values.push(rowsMax);
  const where = conditions.length === 0 ? "" : `where ${conditions.join(" and ")}`;
  const found = await sql.all(
    `select ${columns.map((column) => `${name}.${column.name}`).join(", ")} from ${name} ${where} order by ${tuple} limit $${values.length}`,
    ...values,
  );
  return found.map((row) => columns.map((column) => cellOf(row, column.name)));
}

function cellOf(row: SqlRow, column: string): SqlValue {
  const value = row[column];
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  throw new TypeError(`column ${column} holds a ${typeof value}`);
}
