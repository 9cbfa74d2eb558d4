import { integer, type SqlRow, text } from "../../sql/columns.ts";
import { takingTurns } from "../../sql/taking-turns.ts";
import type { CallContext } from "../context.ts";
import type { DueTable } from "./due-table.ts";
import { type DueTenants, dueTenants } from "./due-tenants.ts";
import type { Look } from "./look.ts";
import { looksOf } from "./look-memory.ts";

interface Found {
  id: string;
  tenant: string;
  row: SqlRow;
}

/**
 * Due rows that this process holds or that nobody holds, the same number from each tenant, taking turns: so one tenant's
 * flood does not hide another's trickle; what one leaves of its share goes to the others. Those that nobody held are this
 * process's from now on; two processes that look at once skip what the other is taking.
 */
export async function dueByTenant(context: CallContext, table: DueTable, look: Look): Promise<string[]> {
  const due = await dueTenants(context, table, look);
  if (due.size === 0) return [];
  const tenants = [...due.keys()];
  const share = Math.ceil(look.rows / tenants.length);
  const lists = await rowsOf(context, table, look, due, tenants, share);
  const free = look.rows - sum(lists);
  const full = tenants.filter((tenant) => (lists.get(tenant)?.length ?? 0) >= share);
  if (free > 0 && full.length > 0 && tenants.length > 1) {
    const more = await rowsOf(context, table, look, due, full, share + free);
    for (const [tenant, list] of more) lists.set(tenant, list);
  }
  const found = takingTurns(shared(tenants, lists, share, free), look.rows);
  return (await claim(context, table, look, found)).map(({ id }) => id);
}

/** Due ids by key, at most `perKeyMax` of each, keys in turns. */
export async function duePerKey(
  context: CallContext,
  table: DueTable,
  look: Look,
  perKeyMax: number,
): Promise<{ id: string; key: string }[]> {
  const due = await dueTenants(context, table, look);
  if (due.size === 0) return [];
  const keys = [...due.keys()];
  const lists = await rowsOf(context, table, look, due, keys, perKeyMax);
  const found = takingTurns(
    keys.map((key) => lists.get(key) ?? []),
    look.rows,
  );
  return (await claim(context, table, look, found)).map(({ id, tenant }) => ({ id, key: tenant }));
}

/** Each tenant's share, and of what is left to share out as much as there is. */
function shared(
  tenants: readonly string[],
  lists: ReadonlyMap<string, Found[]>,
  share: number,
  free: number,
): Found[][] {
  let left = free;
  return tenants.map((tenant) => {
    const list = lists.get(tenant) ?? [];
    const extra = Math.max(0, Math.min(left, list.length - share));
    left -= extra;
    return list.slice(0, share + extra);
  });
}

const sum = (lists: ReadonlyMap<string, Found[]>): number =>
  [...lists.values()].reduce((count, list) => count + list.length, 0);

async function rowsOf(
  { sql }: CallContext,
  table: DueTable,
  look: Look,
  due: DueTenants,
  tenants: readonly string[],
  limit: number,
): Promise<Map<string, Found[]>> {
  const wanted = tenants.flatMap((tenant) => due.get(tenant) ?? []);
  const rows = await sql.all(
    table.rows,
    look.lane,
    look.channel,
    look.now,
    JSON.stringify(wanted),
    limit,
    ...(look.values ?? []),
  );
  const lists = new Map<string, Found[]>();
  for (const row of rows.toSorted((a, b) => integer(a, "due_at") - integer(b, "due_at"))) {
    const tenant = text(row, "tenant");
    const list = lists.get(tenant) ?? [];
    lists.set(tenant, list);
    if (list.length < limit) list.push({ id: text(row, "id"), tenant, row });
  }
  return lists;
}

/** Takes for this process what nobody holds; what another takes at this moment is left out. */
async function claim(
  { sql, holding }: CallContext,
  table: DueTable,
  look: Look,
  found: readonly Found[],
): Promise<Found[]> {
  const free = found.filter(({ row }) => integer(row, "holder") === 0);
  if (free.length === 0) return [...found];
  const rows = free.map(({ id, row }) => ({
    environment_id: row["environment_id"],
    [table.id]: id,
    lane: row["lane"],
  }));
  const claimed = new Set(
    (await sql.all(table.claim, JSON.stringify(rows), holding.number, look.now)).map((row) => text(row, "id")),
  );
  for (const { id, tenant, row } of free) {
    if (!claimed.has(id)) continue;
    looksOf(holding).take(table.name, look, { holder: holding.number, tenant, since: integer(row, "due_at") });
  }
  return found.filter(({ id, row }) => integer(row, "holder") !== 0 || claimed.has(id));
}
