import { TidingsAbortError, TidingsTimeoutError } from "../errors.ts";

export interface Bounds {
  operation: string;
  timeoutMs: number;
  signal: AbortSignal | undefined;
}

/**
 * Runs work that ends with its result, with `TidingsTimeoutError` after the time, or with `TidingsAbortError` as soon as
 * the caller's signal says so, whether or not the work heeds the signal that it is handed. Whatever the end, no timer
 * and no listener stays behind: `AbortSignal.any` and `.timeout` would, for as long as the caller's signal lives.
 */
export async function bounded<T>(bounds: Bounds, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { operation, timeoutMs, signal } = bounds;
  throwIfAborted(operation, signal);
  const controller = new AbortController();
  let stop = (_error: Error): void => {};
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = (error) => {
      reject(error);
      controller.abort(error);
    };
  });
  const onAbort = (): void => stop(abortError(operation, signal));
  const timer = setTimeout(() => stop(new TidingsTimeoutError(operation, timeoutMs)), timeoutMs);
  signal?.addEventListener("abort", onAbort);
  try {
    return await Promise.race([stopped, work(controller.signal)]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

/** Waits; rejects with `TidingsAbortError` as soon as the signal says so. */
export async function pause(operation: string, ms: number, signal: AbortSignal | undefined): Promise<void> {
  throwIfAborted(operation, signal);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let onAbort = (): void => {};
  try {
    await new Promise<void>((resolve, reject) => {
      onAbort = () => reject(abortError(operation, signal));
      timer = setTimeout(resolve, ms);
      signal?.addEventListener("abort", onAbort);
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

export function throwIfAborted(operation: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError(operation, signal);
}

function abortError(operation: string, signal: AbortSignal | undefined): TidingsAbortError {
  return new TidingsAbortError(operation, "the caller ended it", { cause: signal?.reason });
}
