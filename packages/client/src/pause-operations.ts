import { pageOf } from "@tidings/contract/pages";
import { pauseBodySchema, pauseQuerySchema, pauseSchema, pauseTenantQuerySchema } from "@tidings/contract/pauses";
import { always } from "./document-operations.ts";
import type { Operation } from "./transport/operation.ts";

/** What goes out no more for now. */
// biome-ignore format: one call per line is what lets this be read as a table
export const pauseOperations = {
  list: { name: "listPauses", method: "GET", path: "/v1/pauses", query: pauseQuerySchema, status: 200, response: pageOf(pauseSchema), ...always },
  pause: { name: "putPause", method: "PUT", path: "/v1/pauses/{kind}/{key}", query: pauseTenantQuerySchema, body: pauseBodySchema, status: 200, response: pauseSchema, ...always },
  resume: { name: "deletePause", method: "DELETE", path: "/v1/pauses/{kind}/{key}", query: pauseTenantQuerySchema, status: 200, response: pauseSchema, ...always },
} as const satisfies Record<string, Operation>;
