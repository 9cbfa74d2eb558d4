import { acceptedSchema, canceledSchema } from "@tidings/contract/events";
import { pageOf } from "@tidings/contract/pages";
import {
  replayBodySchema,
  replayPreviewBodySchema,
  replayPreviewSchema,
  replayQuerySchema,
  replaySchema,
} from "@tidings/contract/replays";
import { always, keyed } from "./document-operations.ts";
import type { Operation } from "./transport/operation.ts";

/** Past events that go to workflows once more. */
// biome-ignore format: one call per line is what lets this be read as a table
export const replayOperations = {
  start: { name: "replayEvents", method: "POST", path: "/v1/events/replay", body: replayBodySchema, status: 202, response: acceptedSchema, ...keyed },
  preview: { name: "previewReplay", method: "POST", path: "/v1/events/replay/preview", body: replayPreviewBodySchema, status: 200, response: replayPreviewSchema, ...always },
  list: { name: "listReplays", method: "GET", path: "/v1/events/replays", query: replayQuerySchema, status: 200, response: pageOf(replaySchema), ...always },
  get: { name: "getReplay", method: "GET", path: "/v1/events/replays/{id}", status: 200, response: replaySchema, ...always },
  cancel: { name: "cancelReplay", method: "POST", path: "/v1/events/replays/{id}/cancel", status: 200, response: canceledSchema, ...always },
} as const satisfies Record<string, Operation>;
