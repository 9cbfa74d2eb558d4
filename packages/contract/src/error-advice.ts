import type { ErrorCode } from "./errors.ts";

/** By code: what the caller does about it, and whether the same call may succeed later. */
export const errorAdvice: Readonly<Record<ErrorCode, string>> = {
  validation_failed: "Mend what `errors` names. The same body will be refused again.",
  malformed_json: "Send JSON in UTF-8 that is whole.",
  body_too_deep: "Nest less: `TIDINGS_BODY_DEPTH_MAX` is the limit.",
  idempotency_key_on_batch: "Give each event of the batch its own `idempotencyKey`.",
  unauthorized: "Send `Authorization: Bearer <key>` with a key of this server that was not revoked.",
  forbidden: "Use a key that may do this: one of that environment.",
  not_found: "Check the path, the id or key, and the environment of the API key.",
  method_not_allowed: "Use a method that the path has.",
  signature_reused: "Do not send it again: a provider signs each report anew. Who is no provider has no use of it.",
  idempotency_in_progress: "Come again after Retry-After with the same key and body.",
  version_conflict: "Read it again, apply the change to what is there now, write again.",
  in_use: "Change what refers to it first; `detail` names it.",
  body_too_large:
    "Send less at once: `TIDINGS_EVENT_BODY_BYTES_MAX` and `TIDINGS_BATCH_BODY_BYTES_MAX` are the limits.",
  unsupported_media_type: "Send `Content-Type: application/json`, uncompressed.",
  upgrade_required: "Open it as a WebSocket, such as with `TidingsInbox` of the SDK, or read the event stream instead.",
  idempotency_mismatch: "Use a new key for a new body. If the body should be the same, find out why it is not.",
  rate_limited: "Wait for Retry-After; `TIDINGS_RATE_PER_KEY_PER_SECOND` is the limit.",
  internal: "Look for `requestId` in the server's log. Repeating the call with the same Idempotency-Key is safe.",
  overloaded: "Come again after Retry-After, with the same Idempotency-Key.",
  stopping: "Come again after Retry-After: another process, or this one after its start, takes it.",
};
