import { pageOf } from "./pages.ts";
import { pauseBodySchema, pauseQuerySchema, pauseSchema, pauseTenantQuerySchema } from "./pauses.ts";
import type { Route } from "./route.ts";

// biome-ignore format: one route per line is what lets this be read as a table
export const pauseRoutes: readonly Route[] = [
  { method: "GET", path: "/v1/pauses", operation: "listPauses", summary: "List what is paused, with how many messages wait for it", tag: "pauses", query: pauseQuerySchema, status: 200, response: pageOf(pauseSchema) },
  { method: "PUT", path: "/v1/pauses/{kind}/{key}", operation: "putPause", summary: "Pause a lane, an integration, a channel or a workflow", tag: "pauses", query: pauseTenantQuerySchema, body: pauseBodySchema, status: 200, response: pauseSchema },
  { method: "DELETE", path: "/v1/pauses/{kind}/{key}", operation: "deletePause", summary: "Let go out what a pause has kept", tag: "pauses", query: pauseTenantQuerySchema, status: 200, response: pauseSchema },
];
