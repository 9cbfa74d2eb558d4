import {
  type ConfigurationKind,
  configurationKinds,
  configurationSetSchema,
  hasSecrets,
  ifMatchSchema,
  rollbackBodySchema,
  versionQuerySchema,
} from "@tidings/contract/configuration";
import { limits } from "@tidings/contract/limits";
import { pageQuerySchema } from "@tidings/contract/pages";
import type { FastifyRequest } from "fastify";
import { TidingsError } from "../errors.ts";
import type { ConfigurationRow } from "../ports/store/configuration.ts";
import type { Caller } from "./authentication.ts";
import { tellUnchecked } from "./configuration-writer.ts";
import { cursorOf, keyPosition, positionOf, versionPosition } from "./cursor.ts";
import type { ConfigurationPort } from "./dependencies.ts";
import type { Handler, Handlers } from "./handler.ts";
import type { OneDocument, WrittenDocument } from "./one-document.ts";
import { body, parameter, valid } from "./validation.ts";
import { iso, orNone } from "./views.ts";

const plurals: Record<ConfigurationKind, string> = {
  workflow: "Workflows",
  template: "Templates",
  layout: "Layouts",
  partial: "Partials",
  category: "Categories",
  integration: "Integrations",
  source: "Sources",
  policy: "Policies",
  segment: "Segments",
};

/** The same routes for each kind, and those for documents of all kinds together. */
export function configurationHandlers(port: ConfigurationPort): Handlers {
  const handlers: Record<string, Handler> = {};
  for (const kind of configurationKinds) {
    const noun = `${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}`;
    handlers[`list${plurals[kind]}`] = (request, caller) => listDocuments(port, kind, request, caller);
    handlers[`get${noun}`] = (request, caller) => getDocument(port, kind, request, caller);
    handlers[`put${noun}`] = async (request, caller) =>
      writtenView(await port.writer.put(oneOf(kind, request, caller), request.body));
    handlers[`delete${noun}`] = (request, caller) => port.writer.delete(oneOf(kind, request, caller));
    handlers[`list${noun}Versions`] = (request, caller) => listVersions(port, kind, request, caller);
    handlers[`rollback${noun}`] = async (request, caller) => {
      const { version } = body(rollbackBodySchema, request);
      return writtenView(await port.writer.rollback(oneOf(kind, request, caller), version));
    };
  }
  return {
    ...handlers,
    checkConfiguration: (request, { environmentId }) =>
      port.writer.check(environmentId, body(configurationSetSchema, request)),
    applyConfiguration: (request, { environmentId }) =>
      port.writer.apply(environmentId, body(configurationSetSchema, request)),
  };
}

/** The document that a request names, and the version that it was read at. */
function oneOf(kind: ConfigurationKind, request: FastifyRequest, { environmentId }: Caller): OneDocument {
  const given = request.headers["if-match"];
  const expected = given === undefined ? undefined : Number(valid(ifMatchSchema, given, "If-Match").slice(1, -1));
  return { environmentId, kind, key: parameter(request, "key"), expected };
}

async function listVersions(
  { store }: ConfigurationPort,
  kind: ConfigurationKind,
  request: FastifyRequest,
  { environmentId }: Caller,
) {
  const { cursor, limit = limits.pageSize } = valid(pageQuerySchema, request.query);
  const position = positionOf(cursor, versionPosition);
  const before = position === "" ? Number.MAX_SAFE_INTEGER : Number(position);
  const key = parameter(request, "key");
  const rows = await store.listConfigurationVersions({ environmentId, kind, key, before, limit });
  const last = rows.at(-1);
  if (last === undefined && position === "") throw new TidingsError("not_found");
  return {
    items: rows.map(({ version, updatedAt, deleted, current, origin }) => ({
      version,
      updatedAt: iso(updatedAt),
      deleted,
      current,
      origin: orNone(origin),
    })),
    nextCursor: last === undefined || rows.length < limit ? undefined : cursorOf(String(last.version)),
  };
}

export async function listDocuments(
  { store }: ConfigurationPort,
  kind: ConfigurationKind,
  request: FastifyRequest,
  caller: Caller,
) {
  const { cursor, limit = limits.pageSize } = valid(pageQuerySchema, request.query);
  const after = positionOf(cursor, keyPosition);
  const rows = await store.listConfiguration({ environmentId: caller.environmentId, kind, after, limit });
  const last = rows.at(-1);
  return {
    items: rows.map(configurationView),
    nextCursor: last === undefined || rows.length < limit ? undefined : cursorOf(last.key),
  };
}

export async function getDocument(
  { store }: ConfigurationPort,
  kind: ConfigurationKind,
  request: FastifyRequest,
  caller: Caller,
) {
  const { version } = valid(versionQuerySchema, request.query);
  const row = await store.getConfiguration({
    environmentId: caller.environmentId,
    kind,
    key: parameter(request, "key"),
    ...(version === undefined ? {} : { version }),
  });
  // A version that says that it was deleted has no document to show.
  if (row === undefined || row.deleted) throw new TidingsError("not_found");
  return configurationView(row);
}

function writtenView({ row, unchecked }: WrittenDocument) {
  return { ...configurationView(row), ...tellUnchecked(unchecked) };
}

function configurationView(row: ConfigurationRow) {
  const document: unknown = JSON.parse(row.document);
  return {
    key: row.key,
    version: row.version,
    updatedAt: iso(row.updatedAt),
    ...(hasSecrets(row.kind) ? { secretNames: row.secretNames } : {}),
    origin: orNone(row.origin),
    document,
  };
}
