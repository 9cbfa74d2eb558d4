import type { CallContext } from "../context.ts";
import type { SqlValue } from "../database.ts";
import { text } from "../rows.ts";

/** Tenants that one look takes in; the others come with the looks after it. */
const tenantsMax = 64;

/**
 * Due ids, the same number from each tenant that has some, so that one tenant's flood does not hide another's trickle.
 * Tenants are found by skipping along the due index (one seek each): a `group by` would read every due row.
 */
export function dueByTenant(
  { database }: CallContext,
  table: { name: string; id: string; equal: string },
  values: readonly SqlValue[],
  limit: { now: number; rows: number; condition?: { sql: string; values: readonly SqlValue[] } },
): string[] {
  const tenants: string[] = [];
  let last: string | undefined;
  while (tenants.length < tenantsMax) {
    const after = last === undefined ? "" : "and tenant > ?";
    const row = database.get(
      `select tenant from ${table.name} where ${table.equal} and due_at is not null ${after} order by tenant limit 1`,
      ...values, ...(last === undefined ? [] : [last]),
    );
    if (row === undefined) break;
    last = text(row, "tenant");
    tenants.push(last);
  }
  const share = Math.ceil(limit.rows / Math.max(1, tenants.length));
  return tenants.flatMap((tenant) =>
    database
      .all(
        `select ${table.id} as id from ${table.name}
         where ${table.equal} and tenant = ? and due_at <= ? ${limit.condition === undefined ? "" : `and ${limit.condition.sql}`}
         order by due_at limit ?`,
        ...values, tenant, limit.now, ...(limit.condition?.values ?? []), share,
      )
      .map((row) => text(row, "id")),
  );
}
