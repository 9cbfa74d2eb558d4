import { integer, type SqlRow, text } from "../../sql/columns.ts";
import type { CallContext } from "../context.ts";
import type { DueTable, Passed } from "./due-table.ts";
import type { Look } from "./look.ts";
import { looksOf } from "./look-memory.ts";

/** Tenants with due rows that one look takes in. */
const tenantsMax = 500;
/** Tenants that one look passes, as most may have nothing but timers. */
const passedMax = 1000;

/** Tenants with due rows, with who holds some, and from when on. */
export type DueTenants = ReadonlyMap<string, readonly Passed[]>;

/** Where there are more tenants with due rows than a look takes in, the next one goes on behind the last. */
export async function dueTenants({ sql, holding }: CallContext, table: DueTable, look: Look): Promise<DueTenants> {
  const memory = looksOf(holding);
  memory.begin(table.name, look);
  const max = Math.min(tenantsMax, look.rows);
  const holders = [0, holding.number];
  const isFull = memory.isFull(table.name, look);
  const known = JSON.stringify(memory.passed(table.name, look));
  const { lane, channel, now } = look;
  let tookMs = 0;
  const pass = async (from: string): Promise<Met[]> => {
    const rows = await sql.all(table.tenants, [lane], [channel], now, holders, from, known, passedMax);
    tookMs += tookOf(rows);
    const met = rows.filter((row) => row["tenant"] !== null).map(metOf);
    memory.meet(table.name, look, holders, met, from === "" && met.length < passedMax);
    return met;
  };
  const from = memory.fromOf(table.name, look);
  const found: Map<string, Passed[]> = new Map();
  let last = collect(await pass(from ?? ""), found, max);
  if (last === undefined && from !== undefined) last = collect(await pass(""), found, max);
  // The least text after it: the database holds no U+0000.
  memory.leaveOff(table.name, look, last === undefined ? undefined : `${last}\u0001`);
  if (isFull) memory.took(table.name, look, tookMs);
  return found;
}

/** What the server says that a look took, ms. */
export const tookOf = (rows: readonly SqlRow[]): number => {
  const last = rows.at(-1);
  return last === undefined ? 0 : integer(last, "took_us") / 1000;
};

interface Met extends Passed {
  due: boolean;
}

/** Where nothing is open, it was passed to the end. */
const metOf = (row: SqlRow): Met => ({
  holder: integer(row, "holder"),
  tenant: text(row, "tenant"),
  since: row["due_at"] === null ? Number.POSITIVE_INFINITY : integer(row, "due_at"),
  due: row["due"] === true,
});

/** Adds those that have due rows; gives the tenant behind which to go on, where not all were seen. */
function collect(met: Met[], found: Map<string, Passed[]>, max: number): string | undefined {
  met.sort((a, b) => (a.tenant < b.tenant ? -1 : 1));
  for (const { due, ...one } of met) {
    if (found.size >= max && !found.has(one.tenant)) return [...found.keys()].at(-1);
    const known = found.get(one.tenant) ?? [];
    // The second pass of a look meets those of the first again.
    if (due && !known.some(({ holder }) => holder === one.holder)) found.set(one.tenant, [...known, one]);
  }
  return met.length < passedMax ? undefined : met.at(-1)?.tenant;
}
