import { batchResultSchema } from "./batch.ts";
import {
  acceptedSchema,
  cancelBodySchema,
  canceledSchema,
  eventBatchSchema,
  eventBodySchema,
  eventSchema,
} from "./events.ts";
import { pageOf } from "./pages.ts";
import {
  replayBodySchema,
  replayPreviewBodySchema,
  replayPreviewSchema,
  replayQuerySchema,
  replaySchema,
} from "./replays.ts";
import type { Route } from "./route.ts";

const idempotencyHeader = { "Idempotency-Key": "Makes a repeated call answer what the first one did, for 24 hours" };

// biome-ignore format: one route per line is what lets this be read as a table
export const eventRoutes: readonly Route[] = [
  { method: "POST", path: "/v1/events", operation: "sendEvent", summary: "Report an event", tag: "events", body: eventBodySchema, headers: idempotencyHeader, status: 202, response: acceptedSchema },
  { method: "POST", path: "/v1/events/batch", operation: "sendEvents", summary: "Report up to 1,000 events", tag: "events", body: eventBatchSchema, status: 202, response: batchResultSchema },
  { method: "POST", path: "/v1/events/cancel", operation: "cancelEvents", summary: "Stop what has not gone out yet", tag: "events", body: cancelBodySchema, status: 200, response: canceledSchema },
  { method: "POST", path: "/v1/events/replay", operation: "replayEvents", summary: "Let past events go to workflows once more, as a new generation", tag: "events", body: replayBodySchema, headers: idempotencyHeader, status: 202, response: acceptedSchema },
  { method: "POST", path: "/v1/events/replay/preview", operation: "previewReplay", summary: "What a replay would come to, without sending anything", tag: "events", body: replayPreviewBodySchema, status: 200, response: replayPreviewSchema },
  { method: "GET", path: "/v1/events/replays", operation: "listReplays", summary: "List the replays, newest first", tag: "events", query: replayQuerySchema, status: 200, response: pageOf(replaySchema) },
  { method: "GET", path: "/v1/events/replays/{id}", operation: "getReplay", summary: "A replay with its progress", tag: "events", status: 200, response: replaySchema },
  { method: "POST", path: "/v1/events/replays/{id}/cancel", operation: "cancelReplay", summary: "Stop a replay, and what has not gone out of it", tag: "events", status: 200, response: canceledSchema },
  { method: "GET", path: "/v1/events/{id}", operation: "getEvent", summary: "An event with its runs, decisions, messages and attempts", tag: "events", status: 200, response: eventSchema },
];
