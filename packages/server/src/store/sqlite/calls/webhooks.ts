import { webhookRow } from "../../sql/rows/webhook.ts";
import type { Call } from "../context.ts";

export const createWebhook: Call<"createWebhook"> = ({ database, webhooks }, write) => {
  const row = database.get(
    `insert into webhook (id, environment_id, description, types, tenant, enabled, sealed, version, created_at, updated_at)
     select ?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8, ?8 where (select count(*) from webhook where environment_id = ?2) < ?9
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
  webhooks.forget();
  return row === undefined ? undefined : webhookRow(row);
};

/** Enabled, it has a clean record; disabled by hand, it keeps what the server found. */
export const putWebhook: Call<"putWebhook"> = ({ database, webhooks }, write) => {
  const row = database.get(
    `update webhook set description = ?1, types = ?2, tenant = ?3, enabled = ?4, sealed = ?5, version = version + 1, updated_at = ?6,
       disabled_at = case when ?4 then null else disabled_at end,
       disabled_reason = case when ?4 then null else disabled_reason end,
       failing_since = case when ?4 and not enabled then null else failing_since end
     where id = ?7 and environment_id = ?8 and version = ?9 returning *`,
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
  webhooks.forget();
  return row === undefined ? undefined : webhookRow(row);
};

export const getWebhook: Call<"getWebhook"> = ({ database }, { environmentId, id }) => {
  const row = database.get("select * from webhook where id = ? and environment_id = ?", id, environmentId);
  return row === undefined ? undefined : webhookRow(row);
};

export const listWebhooks: Call<"listWebhooks"> = ({ database }, { environmentId, after, limit }) =>
  database
    .all("select * from webhook where environment_id = ? and id > ? order by id limit ?", environmentId, after, limit)
    .map(webhookRow);

/** Its deliveries stay until their time is over: they are found by its id alone, and are many. */
export const deleteWebhook: Call<"deleteWebhook"> = ({ database, webhooks }, { environmentId, id }) => {
  webhooks.forget();
  return database.run("delete from webhook where id = ? and environment_id = ?", id, environmentId) === 1;
};
