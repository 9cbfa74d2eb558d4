import { pageOf } from "./pages.ts";
import type { Route } from "./route.ts";
import {
  suppressionQuerySchema,
  suppressionSchema,
  suppressionsAddedSchema,
  suppressionsBodySchema,
} from "./suppressions.ts";

// biome-ignore format: one route per line is what lets this be read as a table
export const suppressionRoutes: readonly Route[] = [
  { method: "GET", path: "/v1/suppressions", operation: "listSuppressions", summary: "List the addresses that get nothing, or not everything", tag: "suppressions", query: suppressionQuerySchema, status: 200, response: pageOf(suppressionSchema) },
  { method: "POST", path: "/v1/suppressions", operation: "addSuppressions", summary: "Add up to 1,000 suppressions", tag: "suppressions", body: suppressionsBodySchema, status: 200, response: suppressionsAddedSchema },
  { method: "DELETE", path: "/v1/suppressions/{id}", operation: "removeSuppression", summary: "Remove a suppression", tag: "suppressions", status: 204 },
  { method: "POST", path: "/v1/suppressions/import", operation: "importSuppressions", summary: "Add suppressions from CSV: all lines, or none", tag: "suppressions", accepts: "text/csv", status: 200, response: suppressionsAddedSchema },
  { method: "GET", path: "/v1/suppressions/export", operation: "exportSuppressions", summary: "All suppressions as CSV", tag: "suppressions", gives: "text/csv", status: 200 },
];
