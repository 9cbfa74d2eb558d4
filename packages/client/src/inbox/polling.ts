import { TidingsApiError } from "../errors.ts";
import type { InboxCalls } from "./calls.ts";
import { inboxOperations } from "./operations.ts";
import type { SessionEnd, SessionEvents } from "./session.ts";

export interface PollingRequest {
  calls: InboxCalls;
  /** The last change that is known; asked before each poll. */
  after: () => number | undefined;
  intervalMs: number;
  /** After so long a better way is tried again. */
  lengthMs: number;
  signal: AbortSignal;
}

/** Asks for changes again and again. Never rejects. */
export async function runPolling(request: PollingRequest, events: SessionEvents): Promise<SessionEnd> {
  const until = performance.now() + request.lengthMs;
  let opened = false;
  try {
    while (!request.signal.aborted && performance.now() < until) {
      const more = await poll(request, events);
      if (!opened) events.opened();
      opened = true;
      if (!more) await pause(request.intervalMs * (0.8 + 0.4 * Math.random()), request.signal);
    }
    return { opened, next: "retry" };
  } catch (error) {
    const status = error instanceof TidingsApiError ? error.status : undefined;
    if (status === 401) return { opened, next: "token" };
    return { opened, next: status === 403 ? "stop" : "retry" };
  }
}

async function poll({ calls, after, signal }: PollingRequest, events: SessionEvents): Promise<boolean> {
  const position = after();
  if (position === undefined) {
    const { sequence, unseen, unread } = await calls.call(inboxOperations.counts, {}, { signal });
    events.change({ sequence, type: "reset", counts: { unseen, unread } });
    return false;
  }
  const query = () => ({ after: position });
  const { changes, more } = await calls.call(inboxOperations.changes, { query }, { signal });
  for (const change of changes) events.change(change);
  return more;
}

/** Resolves after the time, or as soon as the signal says so. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
