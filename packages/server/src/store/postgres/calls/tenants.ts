import { tenantRow } from "../../sql/rows/tenant.ts";
import type { Call, CallContext } from "../context.ts";
import type { Session } from "../session.ts";

/**
 * Who writes one tenant shares a lock, which a set of documents that names tenants takes for itself: what the set expects
 * to be current, also that there is nothing, is so until it is written.
 */
const shareTenants = (sql: Session): Promise<void> => sql.exec("select pg_advisory_xact_lock_shared(7104402)");

export const lockTenants = ({ sql }: CallContext): Promise<void> => sql.exec("select pg_advisory_xact_lock(7104402)");

export const putTenant: Call<"putTenant"> = async ({ sql }, { environmentId, key, document, now }) => {
  const locked = shareTenants(sql);
  const written = sql.get(
    `insert into tenant as t (environment_id, key, version, document, updated_at) values ($1, $2, 1, $3, $4)
     on conflict (environment_id, key) do update set
       version = t.version + (t.document <> excluded.document)::int,
       updated_at = case when t.document <> excluded.document then excluded.updated_at else t.updated_at end,
       document = excluded.document
     returning *`,
    environmentId,
    key,
    document,
    now,
  );
  const [, row] = await Promise.all([locked, written]);
  if (row === undefined) throw new Error("an insert gave no row");
  return tenantRow(row);
};

export const getTenant: Call<"getTenant"> = async ({ sql }, { environmentId, key }) => {
  const row = await sql.get("select * from tenant where environment_id = $1 and key = $2", environmentId, key);
  return row === undefined ? undefined : tenantRow(row);
};

export const listTenants: Call<"listTenants"> = async ({ sql }, { environmentId, after, limit }) =>
  (
    await sql.all(
      "select * from tenant where environment_id = $1 and key > $2 order by key limit $3",
      environmentId,
      after,
      limit,
    )
  ).map(tenantRow);

export const deleteTenant: Call<"deleteTenant"> = async ({ sql }, { environmentId, key }) => {
  const [, deleted] = await Promise.all([
    shareTenants(sql),
    sql.run("delete from tenant where environment_id = $1 and key = $2", environmentId, key),
  ]);
  return deleted === 1;
};
