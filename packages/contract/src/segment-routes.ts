import { configurationRoutes } from "./configuration-routes.ts";
import type { Route } from "./route.ts";
import { segmentBodySchema, segmentCountQuerySchema, segmentCountSchema } from "./segments.ts";

// biome-ignore format: one route per line is what lets this be read as a table
export const segmentRoutes: readonly Route[] = [
  ...configurationRoutes("segment", "segments", segmentBodySchema),
  { method: "GET", path: "/v1/segments/{key}/count", operation: "countSegment", summary: "How many recipients are in a segment now", tag: "segments", query: segmentCountQuerySchema, status: 200, response: segmentCountSchema },
];
