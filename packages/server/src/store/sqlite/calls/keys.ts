import { apiKeyRow, environmentRow } from "../../sql/rows/keys.ts";
import type { Call } from "../context.ts";

export const listEnvironments: Call<"listEnvironments"> = ({ database }) =>
  database.all("select * from environment order by id").map(environmentRow);

export const createEnvironment: Call<"createEnvironment"> = ({ database }, environment) => {
  database.run(
    "insert into environment (key, wrapped_data_key, wrapped_address_key, created_at) values (?, ?, ?, ?) on conflict do nothing",
    environment.key,
    environment.wrappedDataKey,
    environment.wrappedAddressKey,
    environment.createdAt,
  );
  const row = database.get("select * from environment where key = ?", environment.key);
  if (row === undefined) throw new Error("an insert gave no row");
  return environmentRow(row);
};

export const createApiKey: Call<"createApiKey"> = ({ database }, key) => {
  database.run(
    "insert into api_key (id, environment_id, name, prefix, hash, created_at) values (?, ?, ?, ?, ?, ?)",
    key.id,
    key.environmentId,
    key.name,
    key.prefix,
    key.hash,
    key.createdAt,
  );
};

export const findApiKey: Call<"findApiKey"> = ({ database }, { hash }) => {
  const row = database.get("select * from api_key where hash = ?", hash);
  return row === undefined ? undefined : apiKeyRow(row);
};

export const listApiKeys: Call<"listApiKeys"> = ({ database }, { environmentId, after, limit }) =>
  database
    .all("select * from api_key where environment_id = ? and id > ? order by id limit ?", environmentId, after, limit)
    .map(apiKeyRow);

export const revokeApiKey: Call<"revokeApiKey"> = ({ database }, { environmentId, id, now }) =>
  database.run(
    "update api_key set revoked_at = coalesce(revoked_at, ?) where id = ? and environment_id = ?",
    now,
    id,
    environmentId,
  ) === 1;
