import { once } from "node:events";
import { constants, type ServerHttp2Stream } from "node:http2";
import { createServer as createTcpServer, type Socket } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { cleanups, client, listening, ok, post, proxyTo, serve } from "./http2-bench.conformance.ts";

/** One frame (RFC 9113 §4.1). */
function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** `:status: 200`, and more to come. */
const headersFrame = (stream: number): Buffer => frame(1, 4, stream, Buffer.from([0x88]));

function resetFrame(stream: number, code: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(code);
  return frame(3, 0, stream, payload);
}

/** A server that answers the first request with the very frames, which node:http2 would not send so. */
async function serveFrames(answer: () => Buffer): Promise<string> {
  const sockets = new Set<Socket>();
  const port = await listening(
    createTcpServer((socket) => {
      sockets.add(socket.on("error", () => undefined));
      socket.write(Buffer.concat([frame(4, 0, 0, Buffer.alloc(0)), frame(4, 1, 0, Buffer.alloc(0))]));
      let got = Buffer.alloc(0);
      let answered = false;
      socket.on("data", (chunk: Buffer) => {
        got = Buffer.concat([got, chunk]);
        // the preface has 24 bytes; frames of type 1 are headers
        for (let at = 24; at + 9 <= got.length && !answered; at += 9 + got.readUIntBE(at, 3)) {
          if (got[at + 3] !== 1) continue;
          answered = true;
          socket.write(answer());
        }
      });
    }),
  );
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
  });
  return `http://127.0.0.1:${port}/`;
}

describe("an HTTP/2 connection", () => {
  it("refuses what waits where a connection ends that never took a request, and opens no further one", async () => {
    const { url, connections } = await serve(ok, {
      settings: { maxConcurrentStreams: 0 },
      // its answer says that all before was read
      onSession: (session) => void session.ping(() => session.goaway()),
    });
    expect(await client().request(post(url))).toMatchObject({ status: "refused", code: "connect_failed" });
    expect(connections).toHaveLength(1);
  });

  it("sends what a GOAWAY left out again on a new connection, and waits for the rest", async () => {
    const held: ServerHttp2Stream[] = [];
    const paths: string[] = [];
    const { url, connections } = await serve((stream, headers, { connection, request }) => {
      paths.push(`${connection}${headers[":path"]}`);
      if (connection === 2) return ok(stream);
      held.push(stream);
      if (request < 3) return;
      stream.session?.goaway(0, held[1]?.id);
      for (const one of held.slice(0, 2)) ok(one);
    });
    const http = client();
    const results = await Promise.all(["a", "b", "c"].map((path) => http.request(post(url + path))));
    expect(results.map((result) => result.status === "response" && result.statusCode)).toEqual([200, 200, 200]);
    expect(paths).toEqual(["1/a", "1/b", "1/c", "2/c"]);
    expect(connections).toHaveLength(2);
  });

  it("knows of a GOAWAY with an error which requests were left out, and of the others nothing", async () => {
    const held: ServerHttp2Stream[] = [];
    const { url } = await serve((stream, _headers, { connection }) => {
      if (connection === 2) return ok(stream);
      held.push(stream);
      if (held.length === 3) stream.session?.goaway(constants.NGHTTP2_REFUSED_STREAM, held[1]?.id);
    });
    const http = client();
    const results = await Promise.all(["a", "b", "c"].map((path) => http.request(post(url + path))));
    expect(results.map(({ status }) => status)).toEqual(["unknown", "unknown", "response"]);
  });

  it("sends again once what a stream's REFUSED_STREAM turned away, and refuses it then", async () => {
    const tries: string[] = [];
    const { url } = await serve((stream, headers) => {
      const path = headers[":path"] ?? "";
      tries.push(path);
      if (path === "/never" || tries.filter((one) => one === path).length === 1)
        return stream.close(constants.NGHTTP2_REFUSED_STREAM);
      ok(stream);
    });
    const http = client();
    expect(await http.request(post(`${url}once`))).toMatchObject({ status: "response", statusCode: 200 });
    expect(await http.request(post(`${url}never`))).toMatchObject({ status: "refused", code: "stream_refused" });
    expect(tries).toEqual(["/once", "/once", "/never", "/never"]);
  });

  it.each(["NGHTTP2_INTERNAL_ERROR", "NGHTTP2_CANCEL", "NGHTTP2_NO_ERROR"] as const)(
    "knows nothing of a request whose stream was reset with %s, and does not send it again",
    async (code) => {
      let requests = 0;
      const { url } = await serve((stream) => {
        requests += 1;
        stream.close(constants[code]);
      });
      expect(await client().request(post(url))).toMatchObject({ status: "unknown", code: "stream_error" });
      expect(requests).toBe(1);
    },
  );

  it.each(["NGHTTP2_CANCEL", "NGHTTP2_INTERNAL_ERROR", "NGHTTP2_REFUSED_STREAM"] as const)(
    "does not take a body that a reset with %s cut off for a whole one, nor for none",
    async (code) => {
      const answer = [headersFrame(1), frame(0, 0, 1, Buffer.from("half")), resetFrame(1, constants[code])];
      const url = await serveFrames(() => Buffer.concat(answer));
      expect(await client().request(post(url))).toMatchObject({ status: "unknown", code: "stream_error" });
    },
  );

  it("knows nothing of what was under way on a connection that broke", async () => {
    const server = await serve((_stream, _headers, { request }) => {
      if (request === 3) server.breakAll();
    });
    const http = client();
    const results = await Promise.all(["a", "b", "c"].map((path) => http.request(post(server.url + path))));
    for (const result of results) expect(result).toMatchObject({ status: "unknown", code: "reset" });
  });

  it("keeps to the streams that the peer takes at once, and has the others wait in line", async () => {
    let open = 0;
    let most = 0;
    const held: ServerHttp2Stream[] = [];
    const { url, connections } = await serve(
      (stream) => {
        open += 1;
        most = Math.max(most, open);
        stream.on("close", () => {
          open -= 1;
        });
        held.push(stream);
        // answers four at a time, so that four have to be there
        if (held.length === 4) for (const one of held.splice(0)) ok(one);
      },
      { settings: { maxConcurrentStreams: 4 } },
    );
    const http = client();
    const results = await Promise.all(Array.from({ length: 40 }, () => http.request(post(url))));
    expect(results.every(({ status }) => status === "response")).toBe(true);
    expect(most).toBe(4);
    expect(connections).toHaveLength(1);
  });

  it("refuses a request whose time was over while it waited in line, and never sends it", async () => {
    const paths: (string | undefined)[] = [];
    let arrived: (() => void) | undefined;
    const { url } = await serve(
      (_stream, headers) => {
        paths.push(headers[":path"]);
        arrived?.();
      },
      { settings: { maxConcurrentStreams: 1 } },
    );
    const http = client();
    const first = http.request({ ...post(`${url}first`), timeoutMs: 2000 });
    await new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const second = { ...post(`${url}second`), timeoutMs: 50 };
    expect(await http.request(second)).toMatchObject({ status: "refused", code: "timeout_before_send" });
    expect(await first).toMatchObject({ status: "unknown", code: "timeout" });
    expect(paths).toEqual(["/first"]);
  });

  it("takes the number of streams that the peer allows later", async () => {
    const held: ServerHttp2Stream[] = [];
    const { url, connections } = await serve(
      (stream) => {
        held.push(stream);
        if (held.length === 1) connections[0]?.settings({ maxConcurrentStreams: 10 });
        if (held.length === 5) for (const one of held) ok(one);
      },
      { settings: { maxConcurrentStreams: 1 } },
    );
    const http = client();
    const results = await Promise.all(Array.from({ length: 5 }, () => http.request(post(url))));
    expect(results.every(({ status }) => status === "response")).toBe(true);
  });

  it("carries many thousand requests at once on one connection", async () => {
    const count = 5000;
    const held: ServerHttp2Stream[] = [];
    const { url, connections } = await serve(
      (stream) => {
        held.push(stream);
        if (held.length === count) for (const one of held) ok(one);
      },
      { settings: { maxConcurrentStreams: 100_000 } },
    );
    const http = client();
    const results = await Promise.all(
      Array.from({ length: count }, () => http.request({ ...post(url, "x".repeat(500)), timeoutMs: 15_000 })),
    );
    expect(results.filter(({ status }) => status === "response")).toHaveLength(count);
    expect(connections).toHaveLength(1);
  });

  it("notices a peer that is gone although its connection stands, and goes on with another", async () => {
    let requests = 0;
    const server = await serve((stream) => {
      requests += 1;
      if (requests > 1) ok(stream);
      else proxy.cut();
    });
    const proxy = await proxyTo(server.port);
    const http = client({ limits: { pingIntervalMs: 40, pingTimeoutMs: 100 } });
    expect(await http.request({ ...post(proxy.url), timeoutMs: 60_000 })).toMatchObject({
      status: "unknown",
      code: "reset",
    });
    expect(await http.request(post(proxy.url))).toMatchObject({ status: "response" });
    expect(proxy.accepted()).toBe(2);
  });

  it("does not lose a request to a connection that died while it was quiet", async () => {
    const server = await serve(ok);
    const proxy = await proxyTo(server.port);
    // A connection that works answers within this on a busy machine too.
    const http = client({ limits: { pingIntervalMs: 1, pingTimeoutMs: 1000 } });
    expect(await http.request(post(proxy.url))).toMatchObject({ status: "response" });
    proxy.cut();
    const quietFrom = performance.now();
    await vi.waitUntil(() => performance.now() - quietFrom > 2, { interval: 1 });
    expect(await http.request(post(proxy.url))).toMatchObject({ status: "response" });
    expect(proxy.accepted()).toBe(2);
  });

  it("closes a connection that nobody uses, and opens another when somebody does", async () => {
    const { url, connections } = await serve(ok);
    const http = client({ limits: { pingIntervalMs: 10, idleMs: 20 } });
    expect((await http.request(post(url))).status).toBe("response");
    const [first] = connections;
    if (first === undefined) throw new Error("no connection");
    if (!first.destroyed) await once(first, "close");
    expect((await http.request(post(url))).status).toBe("response");
    expect(connections).toHaveLength(2);
  });

  it("takes a new connection after so many requests, and ends none of those that are under way", async () => {
    const { url, connections } = await serve(ok);
    const http = client({ limits: { requestsMax: 10 } });
    const results = await Promise.all(Array.from({ length: 25 }, () => http.request(post(url))));
    expect(results.every(({ status }) => status === "response")).toBe(true);
    expect(connections).toHaveLength(3);
  });
});
