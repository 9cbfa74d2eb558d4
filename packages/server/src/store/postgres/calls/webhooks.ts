import { webhookRow } from "../../sql/rows/webhook.ts";
import type { Call } from "../context.ts";

/** Two that are made at once in one environment come one after the other, so that the bound holds. */
export const createWebhook: Call<"createWebhook"> = async ({ sql, webhooks }, write) => {
  await sql.run("select 1 from environment where id = $1 for no key update", write.environmentId);
  const row = await sql.get(
    `insert into webhook (id, environment_id, description, types, tenant, enabled, sealed, version, created_at, updated_at)
     select $1, $2::int, $3, $4, $5, $6, $7, 1, $8::bigint, $8::bigint
     where (select count(*) from webhook where environment_id = $2::int) < $9::bigint
     returning *`,
    write.id,
    write.environmentId,
    write.description,
    write.types === null ? null : write.types.join(" "),
    write.tenant,
    write.enabled ? 1 : 0,
    write.sealed,
    write.now,
    write.endpointsMax,
  );
  webhooks.changed();
  return row === undefined ? undefined : webhookRow(row);
};

/** Enabled, it has a clean record; disabled by hand, it keeps what the server found. */
export const putWebhook: Call<"putWebhook"> = async ({ sql, webhooks }, write) => {
  const row = await sql.get(
    `update webhook set description = $1, types = $2, tenant = $3, enabled = $4::smallint, sealed = $5, version = version + 1,
       updated_at = $6,
       disabled_at = case when $4::smallint = 1 then null else disabled_at end,
       disabled_reason = case when $4::smallint = 1 then null else disabled_reason end,
       failing_since = case when $4::smallint = 1 and enabled = 0 then null else failing_since end
     where id = $7 and environment_id = $8 and version = $9 returning *`,
    write.description,
    write.types === null ? null : write.types.join(" "),
    write.tenant,
    write.enabled ? 1 : 0,
    write.sealed,
    write.now,
    write.id,
    write.environmentId,
    write.version,
  );
  webhooks.changed();
  return row === undefined ? undefined : webhookRow(row);
};

export const getWebhook: Call<"getWebhook"> = async ({ sql }, { environmentId, id }) => {
  const row = await sql.get("select * from webhook where id = $1 and environment_id = $2", id, environmentId);
  return row === undefined ? undefined : webhookRow(row);
};

export const listWebhooks: Call<"listWebhooks"> = async ({ sql }, { environmentId, after, limit }) =>
  (
    await sql.all(
      "select * from webhook where environment_id = $1 and id > $2 order by id limit $3",
      environmentId,
      after,
      limit,
    )
  ).map(webhookRow);

/** Its deliveries stay until their time is over: they are found by its id alone, and are many. */
export const deleteWebhook: Call<"deleteWebhook"> = async ({ sql, webhooks }, { environmentId, id }) => {
  const deleted = await sql.run("delete from webhook where id = $1 and environment_id = $2", id, environmentId);
  webhooks.changed();
  return deleted === 1;
};
