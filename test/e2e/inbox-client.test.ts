import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TidingsApiError, TidingsInputError } from "@tidings/client";
import {
  type InboxChange,
  type InboxOptions,
  type InboxState,
  type InboxTransport,
  TidingsInbox,
} from "@tidings/client/inbox";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { configureInbox, sendNote, tokenOf } from "../harness/inbox-world.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const folder = mkdtempSync(join(tmpdir(), "tidings-inbox-client-"));
const settings = { TIDINGS_INBOX_POLL_INTERVAL_MS: "50" };
const waiting = { timeout: 60_000, interval: 5 };
let server: ServerProcess;
let api: Api;
let inboxes: TidingsInbox[] = [];
let people = 0;

beforeAll(async () => {
  server = await startServerProcess(join(folder, "data"), settings);
  api = new Api(server.url);
  await configureInbox(api);
}, 60_000);

afterEach(() => {
  for (const inbox of inboxes) inbox.close();
  inboxes = [];
});

afterAll(async () => {
  await api.close();
  await stopChild(server);
  rmSync(folder, { recursive: true, force: true });
});

/** A new recipient with an inbox that notes all that it is told. */
function open(over: Partial<InboxOptions> = {}) {
  people += 1;
  const recipient = `person${people}`;
  const fetched: string[] = [];
  const inbox = new TidingsInbox({
    baseUrl: server.url,
    getToken: async () => {
      const token = await tokenOf(api, recipient);
      fetched.push(token);
      return token;
    },
    WebSocket,
    pollIntervalMs: 20,
    ...over,
  });
  inboxes.push(inbox);
  const changes: InboxChange[] = [];
  const states: InboxState[] = [];
  const errors: unknown[] = [];
  inbox.on("change", (change) => changes.push(change));
  inbox.on("state", (state) => states.push(state));
  inbox.on("error", (error) => errors.push(error));
  const texts = () => changes.flatMap(({ type, item }) => (type === "created" ? (item?.text ?? "") : []));
  const isOpen = () => states.at(-1)?.state === "open";
  return { inbox, recipient, fetched, changes, states, errors, texts, isOpen };
}

describe("the inbox's client", { timeout: 180_000 }, () => {
  test("lists, marks and counts, and gives the server's refusals as errors of the SDK", async () => {
    const { inbox, recipient } = open();
    expect(inbox.counts).toBeUndefined();
    await sendNote(api, recipient, "one");
    await sendNote(api, recipient, "two");
    const page = await vi.waitUntil(async () => {
      const found = await inbox.list({ limit: 10 });
      return found.items.length === 2 ? found : undefined;
    }, waiting);
    expect(inbox.counts).toEqual({ unseen: 2, unread: 2 });
    const [first, second] = page.items;
    expect(await inbox.seen({ upTo: page.counts.sequence })).toBe(2);
    expect(await inbox.read({ ids: [first?.id ?? ""] })).toBe(1);
    expect(inbox.counts).toEqual({ unseen: 0, unread: 1 });
    expect(await inbox.archive({ ids: [second?.id ?? ""] })).toBe(1);
    expect((await inbox.list({ filter: "archived" })).items.map(({ id }) => id)).toEqual([second?.id]);
    expect([
      await inbox.unarchive({ ids: [second?.id ?? ""] }),
      await inbox.unread({ ids: [first?.id ?? ""] }),
    ]).toEqual([1, 1]);
    const refused = inbox.act(first?.id ?? "", "buy");
    await expect(refused).rejects.toBeInstanceOf(TidingsApiError);
    await expect(refused).rejects.toMatchObject({ status: 404, code: "not_found" });
    await expect(inbox.read({ ids: ["x"] })).rejects.toBeInstanceOf(TidingsInputError);
  });

  test("refuses options that do not fit, and needs no WebSocket where it is not to use one", () => {
    expect(() => new TidingsInbox({ baseUrl: server.url })).toThrow(TidingsInputError);
    expect(() => new TidingsInbox({ baseUrl: "ftp://x", token: "t" })).toThrow(TidingsInputError);
    expect(new TidingsInbox({ baseUrl: server.url, token: "t", transports: ["polling"] }).counts).toBeUndefined();
  });

  test.each(["socket", "stream", "polling"] as const satisfies InboxTransport[])(
    "is told all changes once and in order by %s, also across a kill of the server",
    async (transport) => {
      const { inbox, recipient, changes, states, texts, isOpen } = open({ transports: [transport] });
      inbox.connect();
      await vi.waitUntil(isOpen, waiting);
      await vi.waitUntil(() => changes[0]?.type === "reset", waiting);
      await sendNote(api, recipient, "before");
      await vi.waitUntil(() => texts().length === 1, waiting);
      const { port } = server;
      await stopChild(server, "SIGKILL");
      server = await startServerProcess(join(folder, "data"), settings, { port });
      await sendNote(api, recipient, "after");
      await vi.waitUntil(() => texts().length === 2, waiting);
      await sendNote(api, recipient, "last");
      await vi.waitUntil(() => texts().length === 3, waiting);
      expect(texts()).toEqual(["before", "after", "last"]);
      const sequences = changes.map(({ sequence }) => sequence);
      expect(sequences).toEqual(sequences.map((_, index) => (sequences[0] ?? 0) + index));
      expect(new Set(states.map((state) => state.transport))).toEqual(new Set([transport]));
      expect(inbox.counts).toEqual({ unseen: 3, unread: 3 });
    },
  );

  test("goes on from what was listed before it connected", async () => {
    const { inbox, recipient, changes, texts } = open();
    await sendNote(api, recipient, "listed");
    await vi.waitUntil(async () => (await inbox.list()).items.length === 1, waiting);
    await sendNote(api, recipient, "missed");
    inbox.connect();
    await vi.waitUntil(() => texts().length === 1, waiting);
    expect([texts(), changes[0]?.type]).toEqual([["missed"], "created"]);
    inbox.close();
    await sendNote(api, recipient, "away");
    inbox.connect();
    await vi.waitUntil(() => texts().length === 2, waiting);
    expect(texts()).toEqual(["missed", "away"]);
  });

  test.each(["socket", "stream", "polling"] as const)(
    "is open by %s as soon as it is let in, also where nothing has changed since",
    async (transport) => {
      const { inbox, states } = open({ transports: [transport] });
      const openings = () => states.filter(({ state }) => state === "open").length;
      await inbox.list();
      for (const count of [1, 2]) {
        inbox.connect();
        // Well below the distance of two signs of life.
        await vi.waitUntil(() => openings() === count, { timeout: 10_000, interval: 5 });
        inbox.close();
      }
      expect(states.map(({ state }) => state).slice(0, 2)).toEqual(["connecting", "open"]);
    },
  );

  test("falls back to the stream where no socket gets through, and to polling where neither does", async () => {
    class Blocked {
      onopen = null;
      onmessage = null;
      onerror = null;
      onclose: ((event: never) => void) | null = null;
      constructor() {
        queueMicrotask(() => Reflect.apply(this.onclose ?? (() => {}), this, [{ code: 1006 }]));
      }
      close(): void {}
    }
    const noStream: InboxOptions["fetch"] = async (url, init) => {
      if (url.includes("/events")) throw new TypeError("blocked");
      return fetch(url, init);
    };
    for (const [over, transport] of [
      [{ WebSocket: Blocked }, "stream"],
      [{ WebSocket: Blocked, fetch: noStream }, "polling"],
    ] as const) {
      const { inbox, recipient, texts, states, isOpen } = open(over);
      inbox.connect();
      await vi.waitUntil(isOpen, waiting);
      expect(states.at(-1)?.transport).toBe(transport);
      await sendNote(api, recipient, "hello");
      await vi.waitUntil(() => texts().length === 1, waiting);
      inbox.close();
    }
  });

  test("fetches a new token when the last one is refused, for calls and for the connection, and loses nothing", async () => {
    const { inbox, recipient, fetched, texts, isOpen, errors } = open();
    inbox.connect();
    await vi.waitUntil(isOpen, waiting);
    await api.call("DELETE", `/v1/recipients/${recipient}/tokens`);
    await sendNote(api, recipient, "while it was out");
    await vi.waitUntil(() => texts().length === 1, waiting);
    expect(fetched).toHaveLength(2);
    await api.call("DELETE", `/v1/recipients/${recipient}/tokens`);
    expect((await inbox.list()).items).toHaveLength(1);
    expect(new Set(fetched).size).toBe(fetched.length);
    expect(errors).toEqual([]);
  });

  test("gives up, and says so, where its only token is refused", async () => {
    const { inbox, states, errors } = open({ token: "tit_x", getToken: undefined });
    inbox.connect();
    await vi.waitUntil(() => states.at(-1)?.state === "closed", waiting);
    expect(errors).toHaveLength(1);
  });

  test("tells where no token can be had, and goes on asking", async () => {
    let asked = 0;
    const { inbox, recipient, errors, isOpen } = open({
      getToken: () => {
        asked += 1;
        if (asked < 3) throw new Error("signed out");
        return tokenOf(api, recipient);
      },
    });
    inbox.connect();
    await vi.waitUntil(isOpen, waiting);
    expect([asked, errors]).toEqual([3, [new Error("signed out"), new Error("signed out")]]);
  });
});
