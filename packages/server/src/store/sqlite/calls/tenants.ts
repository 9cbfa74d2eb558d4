import { tenantRow } from "../../sql/rows/tenant.ts";
import type { Call } from "../context.ts";

export const putTenant: Call<"putTenant"> = ({ database }, { environmentId, key, document, now }) => {
  const row = database.get(
    `insert into tenant (environment_id, key, version, document, updated_at) values (?, ?, 1, ?, ?)
     on conflict do update set
       version = version + (document <> excluded.document),
       updated_at = case when document <> excluded.document then excluded.updated_at else updated_at end,
       document = excluded.document
     returning *`,
    environmentId,
    key,
    document,
    now,
  );
  if (row === undefined) throw new Error("an insert gave no row");
  return tenantRow(row);
};

export const getTenant: Call<"getTenant"> = ({ database }, { environmentId, key }) => {
  const row = database.get("select * from tenant where environment_id = ? and key = ?", environmentId, key);
  return row === undefined ? undefined : tenantRow(row);
};

export const listTenants: Call<"listTenants"> = ({ database }, { environmentId, after, limit }) =>
  database
    .all("select * from tenant where environment_id = ? and key > ? order by key limit ?", environmentId, after, limit)
    .map(tenantRow);

export const deleteTenant: Call<"deleteTenant"> = ({ database }, { environmentId, key }) =>
  database.get("delete from tenant where environment_id = ? and key = ? returning key", environmentId, key) !==
  undefined;
