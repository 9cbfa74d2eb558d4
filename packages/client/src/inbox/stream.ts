import type { AnswerReader, Fetch } from "../transport/fetch.ts";
import { changeOf, nextAfter, type SessionEnd, type SessionEvents, Watchdog } from "./session.ts";
import { type ServerSentEvent, SseParser } from "./sse.ts";

export interface StreamRequest {
  fetch: Fetch;
  baseUrl: string;
  token: string;
  after: number | undefined;
  silenceMs: number;
  signal: AbortSignal;
}

/**
 * One event stream, from its request to its end. Never rejects. By `fetch` and not by EventSource, which Node has not and
 * which cannot tell why it was refused.
 */
export async function runStream(request: StreamRequest, events: SessionEvents): Promise<SessionEnd> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  request.signal.addEventListener("abort", abort);
  const watchdog = new Watchdog(request.silenceMs, abort);
  let opened = false;
  try {
    const query = request.after === undefined ? "" : `?after=${request.after}`;
    const answer = await request.fetch(`${request.baseUrl}/v1/inbox/events${query}`, {
      method: "GET",
      headers: { accept: "text/event-stream", authorization: `Bearer ${request.token}` },
      redirect: "manual",
      signal: controller.signal,
    });
    const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream") === true;
    if (answer.status !== 200 || !isStream || answer.body === null) {
      controller.abort();
      return { opened, next: nextOfStatus(answer.status) };
    }
    opened = true;
    events.opened();
    const code = await readEvents(answer.body.getReader(), watchdog, events);
    return { opened, next: nextAfter(code) };
  } catch {
    // The connection broke, or was given up.
    return { opened, next: "retry" };
  } finally {
    watchdog.stop();
    request.signal.removeEventListener("abort", abort);
    controller.abort();
  }
}

function nextOfStatus(status: number): SessionEnd["next"] {
  if (status === 401) return "token";
  return status === 403 ? "stop" : "retry";
}

/** Reads to the end of the stream; gives the close code where the server told one. */
async function readEvents(
  reader: AnswerReader,
  watchdog: Watchdog,
  events: SessionEvents,
): Promise<number | undefined> {
  const parser = new SseParser();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done || value === undefined) return undefined;
    watchdog.heard();
    for (const event of parser.push(decoder.decode(value, { stream: true }))) {
      if (event.event === "close") return closeCodeOf(event);
      const change = changeOf(event.data);
      if (change !== undefined) events.change(change);
    }
  }
}

function closeCodeOf({ data }: ServerSentEvent): number | undefined {
  const code = /"code":(\d{4})\b/.exec(data)?.[1];
  return code === undefined ? undefined : Number(code);
}
