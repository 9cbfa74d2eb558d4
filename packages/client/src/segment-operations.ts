import { segmentBodySchema, segmentCountQuerySchema, segmentCountSchema } from "@tidings/contract/segments";
import { always, configuration } from "./document-operations.ts";
import type { Operation } from "./transport/operation.ts";

/** Groups computed from recipients' attributes and what became of their messages. */
// biome-ignore format: one call per line is what lets this be read as a table
export const segmentOperations = {
  ...configuration("segment", "segments", segmentBodySchema),
  count: { name: "countSegment", method: "GET", path: "/v1/segments/{key}/count", query: segmentCountQuerySchema, status: 200, response: segmentCountSchema, ...always },
} as const satisfies Record<string, Operation>;
