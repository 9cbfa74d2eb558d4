import type { InboxWebSocketConstructor } from "./options.ts";
import { changeOf, nextAfter, type SessionEnd, type SessionEvents, Watchdog } from "./session.ts";

export interface SocketRequest {
  WebSocket: InboxWebSocketConstructor;
  baseUrl: string;
  token: string;
  after: number | undefined;
  silenceMs: number;
  signal: AbortSignal;
}

/** One WebSocket, from its connection to its end. Never rejects. */
export function runSocket(request: SocketRequest, events: SessionEvents): Promise<SessionEnd> {
  return new Promise((resolve) => {
    let opened = false;
    const query = new URLSearchParams({ token: request.token });
    if (request.after !== undefined) query.set("after", String(request.after));
    const url = `${request.baseUrl.replace(/^http/, "ws")}/v1/inbox/socket?${query.toString()}`;
    const socket = new request.WebSocket(url);
    const end = (code: number | undefined): void => {
      watchdog.stop();
      request.signal.removeEventListener("abort", abort);
      socket.onopen = socket.onmessage = socket.onclose = null;
      // What comes after the end, such as the error of a handshake that was broken off, is nobody's.
      socket.onerror = () => {};
      resolve({ opened, next: nextAfter(code) });
    };
    const abort = (): void => {
      socket.close();
      end(undefined);
    };
    const watchdog = new Watchdog(request.silenceMs, abort);
    request.signal.addEventListener("abort", abort);
    socket.onopen = () => watchdog.heard();
    socket.onmessage = (event: { data?: unknown }) => {
      watchdog.heard();
      const change = changeOf(String(event.data));
      if (!opened) events.opened();
      opened = true;
      if (change !== undefined) events.change(change);
    };
    socket.onerror = () => {};
    socket.onclose = (event: { code?: unknown }) => end(typeof event.code === "number" ? event.code : undefined);
  });
}
