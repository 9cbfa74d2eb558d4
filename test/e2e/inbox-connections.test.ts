import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { request } from "undici";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { tokenOf } from "../harness/inbox-world.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const folder = mkdtempSync(join(tmpdir(), "tidings-connections-"));
let server: ServerProcess;
let api: Api;

beforeAll(async () => {
  server = await startServerProcess(join(folder, "data"), { TIDINGS_INBOX_CONNECTIONS_PER_RECIPIENT_MAX: "3" });
  api = new Api(server.url);
}, 60_000);

afterAll(async () => {
  await api.close();
  await stopChild(server);
  rmSync(folder, { recursive: true, force: true });
});

async function connections(): Promise<Record<string, number>> {
  const { body } = await request(`${server.url}/metrics`);
  const found = (await body.text()).matchAll(/^tidings_inbox_connections\{transport="(\w+)"\} (\d+)$/gm);
  return Object.fromEntries([...found].map(([, transport = "", count]) => [transport, Number(count)]));
}

const untilThere = (websocket: number, sse: number) =>
  vi.waitFor(async () => expect(await connections()).toEqual({ websocket, sse }), { timeout: 10_000, interval: 20 });

test("the metrics tell how many pages watch inboxes, by transport, and not those that were refused", async () => {
  expect(await connections()).toEqual({ websocket: 0, sse: 0 });
  const token = await tokenOf(api, "anna");
  const address = `${server.url.replace("http", "ws")}/v1/inbox/socket?token=${token}`;
  const sockets = [new WebSocket(address), new WebSocket(address)];
  await Promise.all(sockets.map((socket) => once(socket, "open")));
  const streaming = get(`${server.url}/v1/inbox/events?token=${token}`);
  const [stream]: IncomingMessage[] = await once(streaming, "response");
  await untilThere(2, 1);

  const crowded = new WebSocket(address);
  expect(await once(crowded, "close")).toEqual([4429, expect.anything()]);
  expect(await connections()).toEqual({ websocket: 2, sse: 1 });

  // One says goodbye, one breaks off.
  sockets[0]?.close();
  await untilThere(1, 1);
  stream?.on("error", () => {});
  stream?.destroy();
  await untilThere(1, 0);
  sockets[1]?.terminate();
  await untilThere(0, 0);
});
