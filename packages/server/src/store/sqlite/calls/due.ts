import type { SqlRow, SqlValue } from "../../sql/columns.ts";
import { integer, text } from "../../sql/columns.ts";
import { takingTurns } from "../../sql/taking-turns.ts";
import type { CallContext } from "../context.ts";
import type { Database } from "../database.ts";

/** Tenants with due rows that one look takes in; 1,000 of them took 30 to 60 ms, several turns of the store. */
const tenantsMax = 500;
/** Tenants that one look passes, as most may have nothing but timers: about 6 ms for as many. */
const passedMax = 2_000;

interface Table {
  name: string;
  id: string;
  equal: string;
  /** Column whose values take turns; `tenant` where left out. */
  by?: string;
}

interface Limit {
  now: number;
  rows: number;
  condition?: { sql: string; values: readonly SqlValue[] };
}

/**
 * Due ids, the same number from each tenant that has some, so that one tenant's flood does not hide another's trickle;
 * what one leaves of its share goes to the others, and their rows take turns.
 */
export function dueByTenant(
  { database }: CallContext,
  table: Table,
  values: readonly SqlValue[],
  limit: Limit,
): string[] {
  const tenants = dueTenants(database, table, values, limit);
  const share = Math.ceil(limit.rows / Math.max(1, tenants.length));
  const lists = tenants.map((tenant) => dueOf(database, table, [...values, tenant], limit, share));
  let free = limit.rows - lists.reduce((sum, list) => sum + list.length, 0);
  for (const [index, tenant] of tenants.entries()) {
    if (free <= 0) break;
    if ((lists[index]?.length ?? 0) < share) continue;
    const more = dueOf(database, table, [...values, tenant], limit, share + free);
    lists[index] = more;
    free -= more.length - share;
  }
  return takingTurns(lists, limit.rows);
}

/** Due ids by key, at most `perKeyMax` of each, keys in turns. */
export function duePerKey(
  { database }: CallContext,
  table: Table,
  values: readonly SqlValue[],
  limit: Limit & { perKeyMax: number },
): { id: string; key: string }[] {
  const keys = dueTenants(database, table, values, limit);
  const found = keys.map((key) =>
    dueOf(database, table, [...values, key], limit, limit.perKeyMax).map((id) => ({ id, key })),
  );
  return takingTurns(found, limit.rows);
}

function dueOf(database: Database, table: Table, values: readonly SqlValue[], limit: Limit, rows: number): string[] {
  const condition = limit.condition === undefined ? "" : `and ${limit.condition.sql}`;
  return database
    .all(
      `select ${table.id} as id from ${table.name} where ${table.equal} and ${byOf(table)} = ? and due_at <= ? ${condition} order by due_at limit ?`,
      ...values,
      limit.now,
      ...(limit.condition?.values ?? []),
      rows,
    )
    .map((row) => text(row, "id"));
}

const byOf = ({ by }: Table): string => by ?? "tenant";

/** Where the look before had to leave off, per queue: a hint that may be lost. */
const leftOff = new WeakMap<Database, Map<string, string>>();

/**
 * Tenants that have due rows. Where there are more of them than a look takes in, or passes, the next look goes on behind
 * the last one, so that each has its turn.
 */
function dueTenants(database: Database, table: Table, values: readonly SqlValue[], limit: Limit): string[] {
  const places = leftOff.get(database) ?? new Map<string, string>();
  leftOff.set(database, places);
  const place = `${table.name} ${values.join(" ")}`;
  const max = Math.min(tenantsMax, limit.rows);
  const from = places.get(place);
  const found = new Set<string>();
  let last = collect(passTenants(database, table, values, limit.now, from), found, max);
  if (last === undefined && from !== undefined)
    last = collect(passTenants(database, table, values, limit.now, undefined), found, max);
  if (last === undefined) places.delete(place);
  else places.set(place, last);
  return [...found];
}

/** Adds those that have due rows; gives the tenant behind which to go on, where not all were seen. */
function collect(passed: readonly SqlRow[], found: Set<string>, max: number): string | undefined {
  for (const row of passed) {
    const tenant = text(row, "tenant");
    if (integer(row, "due") === 1) found.add(tenant);
    if (found.size >= max) return tenant;
  }
  const last = passed.at(-1);
  return passed.length < passedMax || last === undefined ? undefined : text(last, "tenant");
}

/** Skips along the due index, two seeks a tenant: a `group by` would read every row that has a timer. */
function passTenants(
  database: Database,
  table: Table,
  values: readonly SqlValue[],
  now: number,
  after: string | undefined,
): SqlRow[] {
  const by = byOf(table);
  const timed = `from ${table.name} where ${table.equal} and due_at is not null`;
  return database.all(
    `with recursive passed (tenant) as (
       select min(${by}) ${timed} ${after === undefined ? "" : `and ${by} > ?`}
       union all
       select (select min(${by}) ${timed} and ${by} > passed.tenant) from passed where passed.tenant is not null
       limit ${passedMax}
     )
     select tenant, exists (select 1 ${timed} and ${table.name}.${by} = passed.tenant and due_at <= ?) as due from passed where tenant is not null`,
    ...values,
    ...(after === undefined ? [] : [after]),
    ...values,
    ...values,
    now,
  );
}
