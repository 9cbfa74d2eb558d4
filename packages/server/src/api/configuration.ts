import { type ConfigurationKind, configurationKinds } from "@tidings/contract/configuration";
import { limits } from "@tidings/contract/limits";
import { pageQuerySchema } from "@tidings/contract/pages";
import type { FastifyRequest } from "fastify";
import { TidingsError } from "../errors.ts";
import type { ConfigurationRow } from "../ports/store/configuration.ts";
import type { Caller } from "./authentication.ts";
import { cursorOf, keyPosition, positionOf } from "./cursor.ts";
import type { ConfigurationPort } from "./dependencies.ts";
import type { Handler, Handlers } from "./handler.ts";
import { parameter, valid } from "./validation.ts";
import { iso } from "./views.ts";

const plurals: Record<ConfigurationKind, string> = {
  workflow: "Workflows",
  template: "Templates",
  layout: "Layouts",
  partial: "Partials",
  category: "Categories",
  integration: "Integrations",
};

/** The same four routes for each kind. */
export function configurationHandlers(port: ConfigurationPort): Handlers {
  const handlers: Record<string, Handler> = {};
  for (const kind of configurationKinds) {
    const noun = `${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}`;
    handlers[`list${plurals[kind]}`] = (request, caller) => list(port, kind, request, caller);
    handlers[`get${noun}`] = (request, caller) => get(port, kind, request, caller);
    handlers[`put${noun}`] = async (request, { environmentId }) =>
      configurationView(await port.writer.put(environmentId, kind, parameter(request, "key"), request.body));
    handlers[`delete${noun}`] = (request, { environmentId }) =>
      port.writer.delete(environmentId, kind, parameter(request, "key"));
  }
  return handlers;
}

async function list({ store }: ConfigurationPort, kind: ConfigurationKind, request: FastifyRequest, caller: Caller) {
  const { cursor, limit = limits.pageSize } = valid(pageQuerySchema, request.query);
  const after = positionOf(cursor, keyPosition);
  const rows = await store.listConfiguration({ environmentId: caller.environmentId, kind, after, limit });
  const last = rows.at(-1);
  return {
    items: rows.map(configurationView),
    nextCursor: last === undefined || rows.length < limit ? undefined : cursorOf(last.key),
  };
}

async function get({ store }: ConfigurationPort, kind: ConfigurationKind, request: FastifyRequest, caller: Caller) {
  const row = await store.getConfiguration({
    environmentId: caller.environmentId,
    kind,
    key: parameter(request, "key"),
  });
  if (row === undefined) throw new TidingsError("not_found");
  return configurationView(row);
}

function configurationView(row: ConfigurationRow) {
  const document: unknown = JSON.parse(row.document);
  return {
    key: row.key,
    version: row.version,
    updatedAt: iso(row.updatedAt),
    ...(row.kind === "integration" ? { secretNames: row.secretNames } : {}),
    document,
  };
}
