import { hash } from "node:crypto";
import { type ApiKeyView, apiKeyBodySchema } from "@tidings/contract/api-keys";
import { limits } from "@tidings/contract/limits";
import { pageQuerySchema } from "@tidings/contract/pages";
import { TidingsError } from "../errors.ts";
import type { Random } from "../ports/random.ts";
import type { ApiKeyRow } from "../ports/store/keys.ts";
import { cursorOf, idPosition, positionOf } from "./cursor.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Environments } from "./environments.ts";
import type { Handlers } from "./handler.ts";
import { body, idParameter, valid } from "./validation.ts";
import { iso, isoOrNone } from "./views.ts";

/** Enough of a key to tell it from others, too little to use it. */
const prefixLength = 12;

/** A new key: 256 bits, with the environment's initial in front so that a mix-up shows. */
export function newApiKey(environment: string, random: Random): { key: string; prefix: string; hash: string } {
  return describeApiKey(`tdg_${environment.slice(0, 1)}_${random.bytes(32).toString("base64url")}`);
}

/** What is stored of a key. */
export function describeApiKey(key: string): { key: string; prefix: string; hash: string } {
  return { key, prefix: key.slice(0, prefixLength), hash: hash("sha256", key, "hex") };
}

type ApiKeyDependencies = Pick<ApiDependencies, "store" | "clock" | "ids" | "random" | "broadcast">;

export function apiKeyHandlers(dependencies: ApiKeyDependencies, environments: Environments): Handlers {
  const { store, clock, ids, random, broadcast } = dependencies;
  return {
    listApiKeys: async (request, { environmentId }) => {
      const { cursor, limit = limits.pageSize } = valid(pageQuerySchema, request.query);
      const rows = await store.listApiKeys({ environmentId, after: positionOf(cursor, idPosition), limit });
      const environment = await environments.keyOf(environmentId);
      const last = rows.at(-1);
      return {
        items: rows.map((row) => apiKeyView(row, environment)),
        nextCursor: last === undefined || rows.length < limit ? undefined : cursorOf(last.id),
      };
    },

    createApiKey: async (request, { environmentId }) => {
      const { name, environment: asked } = body(apiKeyBodySchema, request);
      const environment = await environments.keyOf(environmentId);
      if (asked !== undefined && asked !== environment) {
        throw new TidingsError("forbidden", { detail: `This key belongs to the environment ${environment}` });
      }
      const { key, ...stored } = newApiKey(environment, random);
      const row = { id: ids.next(), environmentId, name, ...stored, createdAt: clock.now() };
      await store.createApiKey(row);
      broadcast.publish("keys");
      return { ...apiKeyView({ ...row, revokedAt: null }, environment), key };
    },

    revokeApiKey: async (request, { environmentId }) => {
      const existed = await store.revokeApiKey({ environmentId, id: idParameter(request), now: clock.now() });
      if (!existed) throw new TidingsError("not_found");
      broadcast.publish("keys");
    },
  };
}

function apiKeyView(row: ApiKeyRow, environment: string): ApiKeyView {
  return {
    id: row.id,
    name: row.name,
    environment,
    prefix: row.prefix,
    createdAt: iso(row.createdAt),
    revokedAt: isoOrNone(row.revokedAt),
  };
}
