import { apiKeyRow, environmentRow } from "../../sql/rows/keys.ts";
import type { Call } from "../context.ts";

export const listEnvironments: Call<"listEnvironments"> = async ({ sql }) =>
  (await sql.all("select * from environment order by id")).map(environmentRow);

export const createEnvironment: Call<"createEnvironment"> = async ({ sql }, environment) => {
  await sql.run(
    `insert into environment (key, wrapped_data_key, wrapped_address_key, created_at) values ($1, $2, $3, $4)
     on conflict do nothing`,
    environment.key,
    environment.wrappedDataKey,
    environment.wrappedAddressKey,
    environment.createdAt,
  );
  const row = await sql.get("select * from environment where key = $1", environment.key);
  if (row === undefined) throw new Error("an insert gave no row");
  return environmentRow(row);
};

export const createApiKey: Call<"createApiKey"> = async ({ sql }, key) => {
  await sql.run(
    "insert into api_key (id, environment_id, name, prefix, hash, created_at) values ($1, $2, $3, $4, $5, $6)",
    key.id,
    key.environmentId,
    key.name,
    key.prefix,
    key.hash,
    key.createdAt,
  );
};

export const findApiKey: Call<"findApiKey"> = async ({ sql }, { hash }) => {
  const row = await sql.get("select * from api_key where hash = $1", hash);
  return row === undefined ? undefined : apiKeyRow(row);
};

export const listApiKeys: Call<"listApiKeys"> = async ({ sql }, { environmentId, after, limit }) =>
  (
    await sql.all(
      "select * from api_key where environment_id = $1 and id > $2 order by id limit $3",
      environmentId,
      after,
      limit,
    )
  ).map(apiKeyRow);

export const revokeApiKey: Call<"revokeApiKey"> = async ({ sql }, { environmentId, id, now }) =>
  (await sql.run(
    "update api_key set revoked_at = coalesce(revoked_at, $1) where id = $2 and environment_id = $3",
    now,
    id,
    environmentId,
  )) === 1;
