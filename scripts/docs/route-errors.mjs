/** Codes that any route may answer with: those of the index page. */
export const anyRoute = ["method_not_allowed", "internal", "overloaded", "stopping"];
/** Those of any route that takes an API key. */
export const anyKeyRoute = ["unauthorized", "rate_limited"];

/** Codes of one route beyond those, in the order of the list. */
export function errorsOf(route, extra, errorCodes) {
  const codes = new Set(extra ?? []);
  const add = (...more) => {
    for (const code of more) codes.add(code);
  };
  if (route.body !== undefined) {
    add("validation_failed", "malformed_json", "body_too_deep", "body_too_large", "unsupported_media_type");
  }
  if (route.query !== undefined) add("validation_failed");
  if (/\{\w+\}/.test(route.path) && route.method !== "PUT") add("not_found");
  if (route.headers?.["Idempotency-Key"] !== undefined) add("idempotency_in_progress", "idempotency_mismatch");
  if (route.headers?.["If-Match"] !== undefined) add("version_conflict");
  return Object.keys(errorCodes).filter((code) => codes.has(code));
}
