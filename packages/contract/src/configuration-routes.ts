import type { z } from "zod";
import {
  configurationVersionSchema,
  configurationViewSchema,
  rollbackBodySchema,
  versionQuerySchema,
} from "./configuration.ts";
import { pageOf, pageQuerySchema } from "./pages.ts";
import type { Route } from "./route.ts";

const ifMatchHeader = {
  "If-Match": "The version that was read, in quotes; 409 version_conflict where it is another by now",
};

/** The routes that every kind of configuration has. */
export const configurationRoutes = (noun: string, plural: string, body: z.ZodType): Route[] => {
  const path = `/v1/${plural}/{key}`;
  const name = noun[0]?.toUpperCase() + noun.slice(1);
  const view = configurationViewSchema(body);
  // biome-ignore format: as below
  return [
    { method: "GET", path: `/v1/${plural}`, operation: `list${plural[0]?.toUpperCase()}${plural.slice(1)}`, summary: `List the ${plural}`, tag: plural, query: pageQuerySchema, status: 200, response: pageOf(view) },
    { method: "PUT", path, operation: `put${name}`, summary: `Write a ${noun}: a new version where it differs`, tag: plural, body, headers: ifMatchHeader, status: 200, response: view },
    { method: "GET", path, operation: `get${name}`, summary: `Read a ${noun}, as it is or as a version published it`, tag: plural, query: versionQuerySchema, status: 200, response: view },
    { method: "DELETE", path, operation: `delete${name}`, summary: `Delete a ${noun}`, tag: plural, headers: ifMatchHeader, status: 204 },
    { method: "GET", path: `${path}/versions`, operation: `list${name}Versions`, summary: `List the versions of a ${noun}, newest first`, tag: plural, query: pageQuerySchema, status: 200, response: pageOf(configurationVersionSchema) },
    { method: "POST", path: `${path}/rollback`, operation: `rollback${name}`, summary: `Publish an earlier version of a ${noun} again, exactly as it was`, tag: plural, body: rollbackBodySchema, headers: ifMatchHeader, status: 200, response: view },
  ];
};
