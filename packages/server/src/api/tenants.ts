import { limits } from "@tidings/contract/limits";
import { pageQuerySchema } from "@tidings/contract/pages";
import { tenantBodySchema } from "@tidings/contract/tenants";
import { keySchema } from "@tidings/contract/text";
import { TidingsError } from "../errors.ts";
import type { TenantRow } from "../ports/store/tenants.ts";
import { cursorOf, keyPosition, positionOf } from "./cursor.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Handlers } from "./handler.ts";
import { body, parameter, valid } from "./validation.ts";
import { iso } from "./views.ts";

export function tenantHandlers({
  store,
  clock,
  broadcast,
}: Pick<ApiDependencies, "store" | "clock" | "broadcast">): Handlers {
  return {
    listTenants: async (request, { environmentId }) => {
      const { cursor, limit = limits.pageSize } = valid(pageQuerySchema, request.query);
      const rows = await store.listTenants({ environmentId, after: positionOf(cursor, keyPosition), limit });
      const last = rows.at(-1);
      return {
        items: rows.map(tenantView),
        nextCursor: last === undefined || rows.length < limit ? undefined : cursorOf(last.key),
      };
    },

    putTenant: async (request, { environmentId }) => {
      const key = valid(keySchema, parameter(request, "key"), "key");
      const document = JSON.stringify(body(tenantBodySchema, request));
      const row = await store.putTenant({ environmentId, key, document, now: clock.now() });
      broadcast.publish("tenants");
      return tenantView(row);
    },

    getTenant: async (request, { environmentId }) => {
      const row = await store.getTenant({ environmentId, key: parameter(request, "key") });
      if (row === undefined) throw new TidingsError("not_found");
      return tenantView(row);
    },

    deleteTenant: async (request, { environmentId }) => {
      const existed = await store.deleteTenant({ environmentId, key: parameter(request, "key") });
      if (!existed) throw new TidingsError("not_found");
      broadcast.publish("tenants");
    },
  };
}

function tenantView({ key, version, updatedAt, document }: TenantRow) {
  const parsed: unknown = JSON.parse(document);
  return { key, version, updatedAt: iso(updatedAt), document: parsed };
}
