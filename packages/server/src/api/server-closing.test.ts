import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, test, vi } from "vitest";
import { type ApiBench, apiBench } from "./bench.conformance.ts";

const events = "/v1/events";
const event = { name: "order.shipped", recipients: ["u1"] };

test("closing twice is safe, and what comes then is refused", async () => {
  const bench = await apiBench();
  await Promise.all([bench.api.close(), bench.api.close()]);
  await expect(bench.call(events, { body: event })).rejects.toThrow("ECONNREFUSED");
  await bench.close();
});

test("closing waits for an answer that is under way, and not for its connection", async () => {
  const { bench, asked, answer } = await slowBench();
  const call = bench.call("/v1/workers");
  await asked;
  const closed = bench.api.close();
  await isClosing(bench);
  answer();
  expect((await call).status).toBe(200);
  await closed;
  await bench.close();
});

test("closing does not wait for a caller that goes on on its connection", async () => {
  const { bench, asked, answer } = await slowBench();
  const socket = await connected(bench.port);
  const said = heard(socket);
  const ask = () => socket.write(`GET /v1/workers HTTP/1.1\r\nhost: t\r\nauthorization: Bearer ${bench.key}\r\n\r\n`);
  ask();
  await asked;
  const closed = bench.api.close();
  await isClosing(bench);
  answer();
  await vi.waitUntil(() => said().includes("HTTP/1.1 200"));
  ask();
  await vi.waitUntil(() => said().includes("HTTP/1.1 503"));
  const [, refusal = ""] = said().split("HTTP/1.1 503");
  expect(refusal.toLowerCase()).toMatch(/\r\nconnection: close\r\n/);
  expect(refusal).toContain("urn:tidings:error:stopping");
  await closed;
  await bench.close();
});

test("closing does not wait for a connection on which nobody has asked yet", async () => {
  const bench = await apiBench();
  const silent = await connected(bench.port);
  const ended = once(silent, "close");
  // Connections are taken in order.
  expect((await bench.call("/healthz", { key: null })).status).toBe(200);
  await bench.api.close();
  await ended;
  await bench.close();
});

/** Lists its workers when it is told to. */
async function slowBench(): Promise<{ bench: ApiBench; asked: Promise<void>; answer: () => void }> {
  let answer = (): void => {};
  let ask = (): void => {};
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  const list = () => {
    ask();
    return new Promise<[]>((resolve) => {
      answer = () => resolve([]);
    });
  };
  return { bench: await apiBench(() => ({ workers: { list } })), asked, answer: () => answer() };
}

/** Waits until new connections are refused. */
async function isClosing(bench: ApiBench): Promise<void> {
  const isRefused = () =>
    bench.call("/healthz", { key: null }).then(
      ({ status }) => status === 0,
      () => true,
    );
  await vi.waitUntil(isRefused);
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

function heard(socket: Socket): () => string {
  let text = "";
  socket.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  return () => text;
}
