import { once } from "node:events";
import { createServer as createHttp1Server } from "node:http";
import { constants, type ServerHttp2Stream } from "node:http2";
import { createServer as createTcpServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { describe, expect, it } from "vitest";
import type { OutboundHttp } from "../ports/provider.ts";
import { client, listening, ok, pem, post, serve } from "./http2-bench.conformance.ts";

describe("outbound HTTP/2", () => {
  it("fits the providers' port, and gives status, headers and body", async () => {
    const { url } = await serve((stream, headers) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        stream.respond({ ":status": 201, "x-method": headers[":method"] });
        stream.end(
          `${headers[":path"]} ${headers[":authority"]} ${headers["x-a"]} ${headers["content-length"]} ${Buffer.concat(chunks)}`,
        );
      });
    });
    const http: OutboundHttp = client();
    const result = await http.request({ ...post(`${url}p?q=1`, "hello"), headers: { "X-A": "b" } });
    expect(result).toMatchObject({ status: "response", statusCode: 201, headers: { "x-method": "POST" } });
    expect(result.status === "response" && result.headers).not.toHaveProperty(":status");
    expect(result.status === "response" && result.body.toString()).toBe(`/p?q=1 ${new URL(url).host} b 5 hello`);
    const got = await http.request({ method: "GET", url, headers: {}, timeoutMs: 5000 });
    expect(got.status === "response" && got.body.toString()).toContain("undefined");
  });

  it.each([
    "http://127.0.0.1/",
    "http://0x7f.0.0.1/",
    "http://2130706433/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://localhost/",
    "https://10.0.0.1:8080/",
  ])("refuses %s", async (url) => {
    expect(await client({ allowPrivateNetwork: false }).request(post(url))).toMatchObject({
      status: "refused",
      code: "private_address",
    });
  });

  it.each(["ftp://host.test/", "https://user:secret@host.test/", "not a url"])("refuses the URL %s", async (url) => {
    expect(await client().request(post(url))).toMatchObject({ status: "refused", code: "bad_url" });
  });

  it("connects to the address that it checked, although the name answers otherwise a moment later", async () => {
    const { port } = await serve(ok);
    let asked = 0;
    const resolver = async () => [{ address: asked++ === 0 ? "127.0.0.1" : "192.0.2.1", family: 4 as const }];
    expect((await client({ resolver }).request(post(`http://rebind.test:${port}/`))).status).toBe("response");
    expect(asked).toBe(1);
  });

  it("refuses a name with one private address among public ones", async () => {
    let received = 0;
    const { port } = await serve(() => {
      received += 1;
    });
    const resolver = async () => [
      { address: "8.8.8.8", family: 4 as const },
      { address: "127.0.0.1", family: 4 as const },
    ];
    const http = client({ allowPrivateNetwork: false, resolver });
    expect(await http.request(post(`http://rebind.test:${port}/`))).toMatchObject({ code: "private_address" });
    expect(received).toBe(0);
  });

  it("verifies certificates", async () => {
    const { url, port } = await serve(ok, { tls: true });
    expect(await client().request(post(url))).toMatchObject({ status: "refused", code: "tls_failed" });
    const ca = pem("localhost-cert.pem");
    expect(await client({ ca }).request(post(url))).toMatchObject({ status: "response", statusCode: 200 });
    const resolver = async () => [{ address: "127.0.0.1", family: 4 as const }];
    expect(await client({ ca, resolver }).request(post(`https://other.test:${port}/`))).toMatchObject({
      status: "refused",
      code: "tls_failed",
    });
  });

  it("refuses what fails before anything is sent", async () => {
    const closed = createTcpServer();
    const port = await listening(closed);
    closed.close();
    await once(closed, "close");
    expect(await client().request(post(`http://127.0.0.1:${port}/`))).toMatchObject({ code: "connect_refused" });
    const resolver = async () => Promise.reject(new Error("NXDOMAIN"));
    expect(await client({ resolver }).request(post("http://none.test/"))).toMatchObject({ code: "dns_failed" });
    const { url } = await serve(ok);
    for (const headers of [{ "x-a": "b\r\nx-forged: 1" }, { "x a": "b" }, { connection: "close" }])
      expect(await client().request({ ...post(url), headers: { ...headers } })).toMatchObject({
        status: "refused",
        code: "bad_request",
      });
  });

  it("refuses one who does not speak HTTP/2, by TLS and without", async () => {
    const plain = await listening(createHttp1Server((_, response) => response.end()));
    expect(await client().request(post(`http://127.0.0.1:${plain}/`))).toMatchObject({
      status: "refused",
      code: "not_http2",
    });
    const options = { key: pem("localhost-key.pem"), cert: pem("localhost-cert.pem") };
    // one who would wait for ever: nothing is sent where nothing was agreed upon
    let received = 0;
    const silent = (socket: Socket): void => {
      socket
        .on("error", () => undefined)
        .on("data", () => {
          received += 1;
        });
    };
    const tls = await listening(createTlsServer(options, silent));
    expect(await client({ ca: pem("localhost-cert.pem") }).request(post(`https://localhost:${tls}/`))).toMatchObject({
      status: "refused",
      code: "not_http2",
    });
    expect(received).toBe(0);
  });

  it("refuses where no connection comes about in time, or it ends at once", async () => {
    const silent = createTcpServer((socket) => void socket.on("error", () => undefined));
    const port = await listening(silent);
    const http = client({ limits: { connectTimeoutMs: 50 } });
    expect(await http.request(post(`http://127.0.0.1:${port}/`))).toMatchObject({
      status: "refused",
      code: "connect_timeout",
    });
    const ended = await listening(createTcpServer((socket) => void socket.on("error", () => undefined).destroy()));
    expect((await client().request(post(`http://127.0.0.1:${ended}/`))).status).toBe("refused");
    // settings come, and with them the end
    const { url, connections } = await serve(ok, { onSession: (session) => session.goaway(0, 0) });
    expect(await client().request(post(url))).toMatchObject({ status: "refused", code: "connect_failed" });
    expect(connections).toHaveLength(1);
  });

  it("ends a body that comes too slowly, or is too large, announced or not", async () => {
    const { url } = await serve((stream, headers) => {
      const path = headers[":path"];
      stream.respond({ ":status": 200, ...(path === "/announced" ? { "content-length": 5000 } : {}) });
      if (path === "/slow") stream.write("a");
      else stream.end(Buffer.alloc(5000));
    });
    const http = client({ limits: { bodyBytesMax: 1000 } });
    expect(await http.request({ ...post(`${url}slow`), timeoutMs: 80 })).toMatchObject({
      status: "unknown",
      code: "timeout",
    });
    for (const path of ["announced", "chunked"])
      expect(await http.request(post(url + path))).toMatchObject({ status: "unknown", code: "body_too_large" });
    const own = { ...post(`${url}chunked`), bodyBytesMax: 10_000 };
    expect(await client().request(own)).toMatchObject({ status: "response" });
  });

  it("ends an answer whose headers are too large", async () => {
    const { url } = await serve((stream) => {
      stream.respond({ ":status": 200, "x-a": "a".repeat(10_000), "x-b": "b".repeat(10_000) });
      stream.end();
    });
    expect(await client().request(post(url))).toMatchObject({ status: "unknown", code: "headers_too_large" });
  });

  it("stops at the caller's signal, and tells the peer", async () => {
    const controller = new AbortController();
    const ended = new Promise<number>((resolve) => {
      void serve((stream) => {
        stream.on("close", () => resolve(stream.rstCode));
        controller.abort();
      }).then(async ({ url }) => {
        const request = { ...post(url), signal: controller.signal };
        const http = client();
        expect(await http.request(request)).toMatchObject({ status: "unknown", code: "aborted" });
        expect(await http.request(request)).toMatchObject({ status: "refused", code: "aborted_before_send" });
      });
    });
    expect(await ended).toBe(constants.NGHTTP2_CANCEL);
  });

  it("bounds requests per origin, and gives up idle origins for new ones", async () => {
    const held: ServerHttp2Stream[] = [];
    const { port } = await serve((stream) => {
      held.push(stream);
      if (held.length === 2) for (const one of held.splice(0)) ok(one);
    });
    const http = client({ limits: { pendingPerOriginMax: 2, originsMax: 1 } });
    const two = [1, 2].map(() => http.request(post(`http://127.0.0.1:${port}/`)));
    for (const host of ["127.0.0.1", "localhost"])
      expect(await http.request(post(`http://${host}:${port}/`))).toMatchObject({
        status: "refused",
        code: "too_busy",
      });
    expect((await Promise.all(two)).map(({ status }) => status)).toEqual(["response", "response"]);
    const other = await serve(ok);
    expect(await http.request(post(other.url))).toMatchObject({ status: "response" });
  });

  it("finishes what is under way and in line when closed, takes no more, and may be closed twice", async () => {
    const http = client();
    const { url, connections } = await serve(
      (stream) => {
        void http.close();
        ok(stream);
      },
      { settings: { maxConcurrentStreams: 1 } },
    );
    const both = await Promise.all([http.request(post(url)), http.request(post(url))]);
    expect(both.map(({ status }) => status)).toEqual(["response", "response"]);
    await http.close();
    expect(await http.request(post(url))).toMatchObject({ status: "refused", code: "closed" });
    const [session] = connections;
    if (session?.destroyed === false) await once(session, "close");
    expect(connections).toHaveLength(1);
  });
});
