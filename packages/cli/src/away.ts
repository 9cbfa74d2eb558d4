import { TidingsApiError, TidingsConnectionError, TidingsTimeoutError } from "@tidings/client";

/** Whether the server may be there again in a while: it restarts, or has too much to do. */
export function isAway(error: unknown): boolean {
  if (error instanceof TidingsConnectionError || error instanceof TidingsTimeoutError) return true;
  return error instanceof TidingsApiError && (error.status >= 500 || error.status === 429);
}
