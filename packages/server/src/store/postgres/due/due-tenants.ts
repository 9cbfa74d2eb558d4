import { type SqlRow, text } from "../../sql/columns.ts";
import type { CallContext } from "../context.ts";
import { type DueTable, passedMax } from "./due-table.ts";
import type { Look } from "./look.ts";

/** Tenants with due rows that one look takes in. */
const tenantsMax = 500;

/** Where the look before had to leave off, per table, lane and channel: a hint that may be lost. */
const leftOff = new WeakMap<object, Map<string, string>>();

/** Tenants with due rows. Where there are more than a look takes in, the next one goes on behind the last. */
export async function dueTenants({ sql, holding }: CallContext, table: DueTable, look: Look): Promise<string[]> {
  const places = leftOff.get(holding) ?? new Map<string, string>();
  leftOff.set(holding, places);
  const place = `${table.name} ${look.lane} ${look.channel}`;
  const max = Math.min(tenantsMax, look.rows);
  const holders = [0, holding.number];
  const pass = (from: string) => sql.all(table.tenants, look.lane, look.channel, look.now, holders, from);
  const from = places.get(place);
  const found = new Set<string>();
  let last = collect(await pass(from ?? ""), found, max);
  if (last === undefined && from !== undefined) last = collect(await pass(""), found, max);
  if (last === undefined) places.delete(place);
  // The least text after it: the database holds no U+0000.
  else places.set(place, `${last}\u0001`);
  return [...found];
}

/** Adds those that have due rows; gives the tenant behind which to go on, where not all were seen. */
function collect(passed: readonly SqlRow[], found: Set<string>, max: number): string | undefined {
  const rows = passed.map((row) => ({ tenant: text(row, "tenant"), due: row["due"] === true }));
  rows.sort((a, b) => (a.tenant < b.tenant ? -1 : 1));
  for (const { tenant, due } of rows) {
    if (due) found.add(tenant);
    if (found.size >= max) return tenant;
  }
  return passed.length < passedMax ? undefined : rows.at(-1)?.tenant;
}
