import { limits as contractLimits } from "@tidings/contract/limits";
import { type SuppressionView, suppressionQuerySchema, suppressionsBodySchema } from "@tidings/contract/suppressions";
import { normaliseAddress } from "../../domain/recipient.ts";
import type { SuppressionRow } from "../../domain/suppression.ts";
import { storedSuppression, suppressionIdOf, suppressionKeyOf } from "../../domain/suppression.ts";
import { TidingsError } from "../../errors.ts";
import { cursorOf, positionOf } from "../cursor.ts";
import type { ApiDependencies } from "../dependencies.ts";
import type { Handlers } from "../handler.ts";
import { body, parameter, valid } from "../validation.ts";
import { iso, orNone } from "../views.ts";
import { exportedSuppressions } from "./export.ts";
import { importSuppressions } from "./import.ts";

type SuppressionDependencies = Pick<ApiDependencies, "store" | "keyring" | "clock" | "limits">;

const position = /^[a-z_]{1,20}\.[0-9a-f]{32}\.[a-z]{1,20}(\.[A-Za-z0-9._-]{1,100})?$/;

export function suppressionHandlers(dependencies: SuppressionDependencies): Handlers {
  const { store, keyring, clock } = dependencies;
  return {
    listSuppressions: async (request, { environmentId }) => {
      const query = valid(suppressionQuerySchema, request.query);
      const { cursor, channel, scope, address, limit = contractLimits.pageSize } = query;
      const addressHash =
        channel === undefined || address === undefined
          ? undefined
          : keyring.hash(environmentId, channel, normaliseAddress(channel, address));
      const after = suppressionKeyOf(positionOf(cursor, position));
      const page = await store.listSuppressions({ environmentId, after, channel, scope, addressHash, limit });
      return {
        items: page.items.map(suppressionView),
        nextCursor: page.next === undefined ? undefined : cursorOf(suppressionIdOf(page.next)),
      };
    },

    addSuppressions: async (request, { environmentId }) => {
      const { suppressions } = body(suppressionsBodySchema, request);
      const surroundings = { environmentId, now: clock.now(), hash: keyring.hash.bind(keyring) };
      const rows = suppressions.map((suppression) => storedSuppression(suppression, surroundings));
      const added = await store.addSuppressions({ environmentId, suppressions: rows });
      return { added, present: rows.length - added };
    },

    removeSuppression: async (request, { environmentId }) => {
      const key = suppressionKeyOf(parameter(request, "id"));
      const removed = key === undefined ? 0 : await store.removeSuppressions({ environmentId, keys: [key] });
      if (removed === 0) throw new TidingsError("not_found");
    },

    importSuppressions: (request, { environmentId }) => importSuppressions(request, environmentId, dependencies),

    exportSuppressions: (_request, { environmentId }) => exportedSuppressions(dependencies, environmentId),
  };
}

function suppressionView(row: SuppressionRow): SuppressionView {
  const { channel, addressHash, scope, value, reason, createdAt } = row;
  const fields = { channel, addressHash, scope, value: orNone(value), reason, createdAt: iso(createdAt) };
  return { id: suppressionIdOf(row), ...fields };
}
