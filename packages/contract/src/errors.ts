import { z } from "zod";

/** Closed list of error codes: what each means and the HTTP status that carries it. */
export const errorCodes = {
  validation_failed: [400, "The request has faults; `errors` names the path of each"],
  malformed_json: [400, "The body is not JSON"],
  body_too_deep: [400, "The body is nested too deep"],
  idempotency_key_on_batch: [400, "A batch takes its keys in its events, not in the header"],
  unauthorized: [401, "The API key is missing, unknown or revoked"],
  forbidden: [403, "The API key does not allow this"],
  not_found: [404, "There is nothing of that name in this environment"],
  method_not_allowed: [405, "This path does not know that method"],
  signature_reused: [406, "The report's signature was used for another body"],
  idempotency_in_progress: [409, "The first request with this key is not settled yet"],
  version_conflict: [409, "It was changed meanwhile"],
  in_use: [409, "Something else refers to it"],
  body_too_large: [413, "The body is larger than the limit"],
  unsupported_media_type: [415, "The body must be application/json"],
  upgrade_required: [426, "This path is a WebSocket: ask for the upgrade"],
  idempotency_mismatch: [422, "The same key came with another body"],
  rate_limited: [429, "Too many requests; Retry-After says when"],
  internal: [500, "A fault of the server; it is in its log under the request's id"],
  overloaded: [503, "The server cannot make more durable now; Retry-After says when"],
  stopping: [503, "The server is stopping"],
} as const satisfies Record<string, readonly [number, string]>;
export type ErrorCode = keyof typeof errorCodes;

/** One fault of a request: `path` as in `recipients[0].email`, empty for the body as a whole; `line` of that text, from 1. */
export const faultSchema = z.object({ path: z.string(), message: z.string(), line: z.int().optional() });
export type Fault = z.infer<typeof faultSchema>;

/** `application/problem+json` (RFC 9457). */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string().optional(),
  errors: z.array(faultSchema).optional(),
  requestId: z.string().optional(),
});
export type Problem = z.infer<typeof problemSchema>;
