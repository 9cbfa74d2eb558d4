import { waitMs } from "../transport/retry.ts";
import type { InboxCalls } from "./calls.ts";
import type { InboxSettings, InboxTransport } from "./options.ts";
import { pause, runPolling } from "./polling.ts";
import type { SessionEnd, SessionEvents } from "./session.ts";
import { runSocket } from "./socket.ts";
import { runStream } from "./stream.ts";

/** A transport that did not connect so often in a row is passed over for the next one. */
const failuresMax = 2;
/**
 * How long polling goes on before a better way is tried again: shortly at first, as it may be that the server was away and
 * nothing is in the way of a socket, then twice as long each time.
 */
const pollingMsFirst = 15_000;
const pollingMsMax = 300_000;

export interface ConnectionEvents {
  change: SessionEvents["change"];
  state(state: "connecting" | "open" | "closed", transport: InboxTransport): void;
  /** `getToken` failed, or the server will not have us. */
  fault(error: unknown): void;
}

interface Parts {
  settings: InboxSettings;
  calls: InboxCalls;
  /** The last change that is known; undefined before the first. */
  position: () => number | undefined;
  events: ConnectionEvents;
}

/**
 * Keeps the inbox connected until `close`: by the first transport that gets through, from where it left off.
 *
 *   connecting ──▶ open ──▶ connecting (after a wait that is drawn at random) … ──▶ closed
 */
export class InboxConnection {
  readonly #parts: Parts;
  readonly #controller = new AbortController();

  constructor(parts: Parts) {
    this.#parts = parts;
    void this.#run();
  }

  close(): void {
    this.#controller.abort();
  }

  async #run(): Promise<void> {
    const { settings, events } = this.#parts;
    const { signal } = this.#controller;
    let place = 0;
    let failures = 0;
    let polls = 0;
    while (!signal.aborted) {
      const transport = settings.transports[place] ?? "polling";
      events.state("connecting", transport);
      const end = await this.#session(transport, Math.min(pollingMsFirst * 2 ** polls, pollingMsMax));
      if (signal.aborted) break;
      if (end.next === "stop") {
        events.fault(new Error("the token does not allow to read the inbox"));
        break;
      }
      failures = end.opened ? 0 : failures + 1;
      if (end.opened) polls = transport === "polling" ? polls + 1 : 0;
      if (end.opened) place = 0;
      else if (end.next === "retry" && failures % failuresMax === 0) place = (place + 1) % settings.transports.length;
      // A token that had run out is followed by a new one at once; one that is refused from the start is not asked for in a hurry.
      const isQuick = end.opened && end.next === "token";
      await pause(isQuick ? 0 : waitMs(Math.min(failures + 1, 10), undefined, Math.random), signal);
    }
    events.state("closed", settings.transports[place] ?? "polling");
  }

  async #session(transport: InboxTransport, pollingMs: number): Promise<SessionEnd> {
    const { calls, events } = this.#parts;
    let token: string;
    try {
      token = await calls.token();
    } catch (error) {
      events.fault(error);
      return { opened: false, next: "token" };
    }
    const end = await this.#connected(transport, token, pollingMs);
    if (end.next !== "token") return end;
    if (!calls.canRefresh) return { ...end, next: "stop" };
    calls.refuse(token);
    return end;
  }

  #connected(transport: InboxTransport, token: string, pollingMs: number): Promise<SessionEnd> {
    const { settings, calls, position, events } = this.#parts;
    const { signal } = this.#controller;
    const session: SessionEvents = {
      opened: () => events.state("open", transport),
      change: (change) => events.change(change),
    };
    const { WebSocket, baseUrl, silenceMs, fetch } = settings;
    const request = { baseUrl, token, after: position(), silenceMs, signal };
    if (transport === "socket" && WebSocket !== undefined) return runSocket({ ...request, WebSocket }, session);
    if (transport === "stream") return runStream({ ...request, fetch }, session);
    const { pollIntervalMs: intervalMs } = settings;
    return runPolling({ calls, after: position, intervalMs, lengthMs: pollingMs, signal }, session);
  }
}
