import {
  configurationVersionSchema,
  configurationViewSchema,
  rollbackBodySchema,
  versionQuerySchema,
} from "@tidings/contract/configuration";
import { pageOf, pageQuerySchema } from "@tidings/contract/pages";
import type { z } from "zod";
import type { Operation } from "./transport/operation.ts";

/** What a second call cannot harm, as HTTP says (RFC 9110 §9.2.2). */
export const always = { repeat: "always" } as const;
/** Under idempotency keys a second call is the same call. */
export const keyed = { repeat: "always" } as const;
export const once = { repeat: "refused" } as const;

/** The calls of one kind of documents that has versions. */
export const configuration = <Body extends z.ZodType>(noun: string, plural: string, body: Body) => {
  const path = `/v1/${plural}/{key}`;
  const response = configurationViewSchema(body);
  // biome-ignore format: as below
  return {
    ...documents(noun, plural, body, response),
    get: { name: `get${capital(noun)}`, method: "GET", path, query: versionQuerySchema, status: 200, response, ...always },
    versions: { name: `list${capital(noun)}Versions`, method: "GET", path: `${path}/versions`, query: pageQuerySchema, status: 200, response: pageOf(configurationVersionSchema), ...always },
    rollback: { name: `rollback${capital(noun)}`, method: "POST", path: `${path}/rollback`, body: rollbackBodySchema, status: 200, response, ...once },
  } as const satisfies Record<string, Operation>;
};

/** The calls of one kind of documents. */
export const documents = <Body extends z.ZodType, View extends z.ZodType>(
  noun: string,
  plural: string,
  body: Body,
  response: View,
) => {
  const path = `/v1/${plural}/{key}`;
  // biome-ignore format: one call per line is what lets this be read as a table
  return {
    list: { name: `list${capital(plural)}`, method: "GET", path: `/v1/${plural}`, query: pageQuerySchema, status: 200, response: pageOf(response), ...always },
    put: { name: `put${capital(noun)}`, method: "PUT", path, body, status: 200, response, ...always },
    get: { name: `get${capital(noun)}`, method: "GET", path, status: 200, response, ...always },
    delete: { name: `delete${capital(noun)}`, method: "DELETE", path, status: 204, ...always },
  } as const satisfies Record<string, Operation>;
};

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
