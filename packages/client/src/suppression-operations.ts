import { pageOf } from "@tidings/contract/pages";
import {
  suppressionQuerySchema,
  suppressionSchema,
  suppressionsAddedSchema,
  suppressionsBodySchema,
} from "@tidings/contract/suppressions";
import { always } from "./document-operations.ts";
import type { Operation } from "./transport/operation.ts";

/** Addresses that get nothing, or not everything. */
// biome-ignore format: one call per line is what lets this be read as a table
export const suppressionOperations = {
  list: { name: "listSuppressions", method: "GET", path: "/v1/suppressions", query: suppressionQuerySchema, status: 200, response: pageOf(suppressionSchema), ...always },
  add: { name: "addSuppressions", method: "POST", path: "/v1/suppressions", body: suppressionsBodySchema, status: 200, response: suppressionsAddedSchema, ...always },
  remove: { name: "removeSuppression", method: "DELETE", path: "/v1/suppressions/{id}", status: 204, ...always },
  import: { name: "importSuppressions", method: "POST", path: "/v1/suppressions/import", accepts: "text/csv", status: 200, response: suppressionsAddedSchema, ...always },
} as const satisfies Record<string, Operation>;
