import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FetchAnswer } from "../transport/fetch.ts";
import { type InboxState, type InboxWebSocket, TidingsInbox } from "./tidings-inbox.ts";

/** A network that lets neither sockets nor event streams through, for as long as it is blocked. */
class Network {
  isBlocked = true;
  /** When a socket was tried, ms of the clock of this test. */
  readonly tried: number[] = [];

  readonly fetch = async (url: string): Promise<FetchAnswer> => {
    if (url.includes("/v1/inbox/events")) throw new Error("blocked");
    const counts = { unseen: 0, unread: 0, sequence: 7 };
    const body = url.endsWith("/counts") ? counts : { changes: [], counts, more: false };
    return new Response(JSON.stringify(body), { headers: { "content-type": "application/json" } });
  };

  readonly WebSocket = this.#socketOf();

  #socketOf() {
    const network = this;
    return class implements InboxWebSocket {
      onopen: InboxWebSocket["onopen"] = null;
      onmessage: ((event: { data: string }) => void) | null = null;
      onclose: ((event: { code: number }) => void) | null = null;
      onerror: InboxWebSocket["onerror"] = null;

      constructor() {
        network.tried.push(performance.now());
        const message = { sequence: 7, type: "heartbeat", counts: { unseen: 0, unread: 0 } };
        setTimeout(() => {
          if (network.isBlocked) this.onclose?.({ code: 1006 });
          else this.onmessage?.({ data: JSON.stringify(message) });
        });
      }

      close(): void {}
    };
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function connected(network: Network) {
  const inbox = new TidingsInbox({
    baseUrl: "https://tidings.example",
    token: "tit_x",
    fetch: network.fetch,
    WebSocket: network.WebSocket,
  });
  const opened: InboxState["transport"][] = [];
  inbox.on("state", ({ state, transport }) => {
    if (state === "open") opened.push(transport);
  });
  inbox.connect();
  return { inbox, opened };
}

test("goes from polling back to the socket within seconds, once there is nothing in its way", async () => {
  const network = new Network();
  const { inbox, opened } = connected(network);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(opened).toEqual(["polling"]);
  network.isBlocked = false;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(opened.at(-1)).toBe("socket");
  inbox.close();
});

test("tries the socket ever more seldom while something is in its way, and at least about every five minutes", async () => {
  const network = new Network();
  const { inbox, opened } = connected(network);
  await vi.advanceTimersByTimeAsync(3_600_000);
  const { tried } = network;
  // The first of each two tries.
  const rounds = tried.filter((_, index) => index % 2 === 0);
  const pauses = rounds.slice(1).map((at, index) => at - (rounds[index] ?? 0));
  expect(pauses[0]).toBeLessThan(60_000);
  expect(Math.max(...pauses)).toBeLessThan(360_000);
  expect(Math.min(...pauses.slice(5))).toBeGreaterThan(290_000);
  expect(new Set(opened)).toEqual(new Set(["polling"]));
  inbox.close();
});
