import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer as createTcpServer, type Socket, type Server as TcpServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { OutboundHttp } from "../ports/provider.ts";
import { OutboundHttpClient, type OutboundHttpSettings } from "./outbound-http.ts";

const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function portOf(server: Server | TcpServer): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("listens on no port");
  return address.port;
}

async function serve(listener: RequestListener): Promise<{ port: number; url: string }> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: portOf(server), url: `http://127.0.0.1:${portOf(server)}` };
}

async function serveTcp(onSocket: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    onSocket(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${portOf(server)}`;
}

function client(settings: Partial<OutboundHttpSettings> = {}): OutboundHttpClient {
  const made = new OutboundHttpClient({ allowPrivateNetwork: true, ...settings });
  cleanups.push(() => made.close());
  return made;
}

const post = (url: string, body = "{}") => ({ method: "POST" as const, url, headers: {}, body, timeoutMs: 5000 });

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

describe("outbound HTTP", () => {
  it("fits the providers' port, and gives status, headers and body", async () => {
    const { url } = await serve(async (request, response) => {
      response.setHeader("x-method", request.method ?? "");
      response.end(`${request.url} ${request.headers["x-a"]} ${await textOf(request)}`);
    });
    const http: OutboundHttp = client();
    const result = await http.request({ ...post(`${url}/p?q=1`, "hello"), headers: { "x-a": "b" } });
    expect(result).toMatchObject({ status: "response", statusCode: 200, headers: { "x-method": "POST" } });
    expect(result.status === "response" && result.body.toString()).toBe("/p?q=1 b hello");
  });

  it("does not follow a redirect", async () => {
    const paths: (string | undefined)[] = [];
    const { url } = await serve((request, response) => {
      paths.push(request.url);
      response.writeHead(302, { location: "/other" }).end();
    });
    expect(await client().request(post(`${url}/first`))).toMatchObject({ status: "response", statusCode: 302 });
    expect(paths).toEqual(["/first"]);
  });

  it.each([
    "http://127.0.0.1/",
    "http://0x7f.0.0.1/",
    "http://2130706433/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://localhost/",
    "http://0/",
    "http://10.0.0.1:8080/",
  ])("refuses %s", async (url) => {
    expect(await client({ allowPrivateNetwork: false }).request(post(url))).toMatchObject({
      status: "refused",
      code: "private_address",
    });
  });

  it.each([
    "ftp://host.test/",
    "file:///etc/passwd",
    "http://user:secret@host.test/",
    "https://user@host.test/",
    "not a url",
    "javascript:alert(1)",
  ])("refuses the URL %s", async (url) => {
    expect(await client().request(post(url))).toMatchObject({ status: "refused", code: "bad_url" });
  });

  it("connects to the address that it checked, although the name answers otherwise a moment later", async () => {
    const { port } = await serve((_, response) => response.end());
    let asked = 0;
    // 192.0.2.1 (TEST-NET-1) has nobody behind it: reaching the server proves that the first answer was used
    const resolver = async () => [{ address: asked++ === 0 ? "127.0.0.1" : "192.0.2.1", family: 4 as const }];
    expect(await client({ resolver }).request(post(`http://rebind.test:${port}/`))).toMatchObject({
      status: "response",
      statusCode: 200,
    });
    expect(asked).toBe(1);
  });

  it("refuses a name with one private address among public ones", async () => {
    let received = 0;
    const { port } = await serve((_, response) => {
      received += 1;
      response.end();
    });
    const resolver = async () => [
      { address: "8.8.8.8", family: 4 as const },
      { address: "127.0.0.1", family: 4 as const },
    ];
    const http = client({ allowPrivateNetwork: false, resolver });
    expect(await http.request(post(`http://rebind.test:${port}/`))).toMatchObject({
      status: "refused",
      code: "private_address",
    });
    expect(received).toBe(0);
  });

  it("refuses what fails before anything is sent", async () => {
    const url = await serveTcp(() => undefined);
    const closed = createTcpServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const port = portOf(closed);
    closed.close();
    await once(closed, "close");
    expect(await client().request(post(`http://127.0.0.1:${port}/`))).toMatchObject({
      status: "refused",
      code: "connect_refused",
    });
    const resolver = async () => Promise.reject(new Error("NXDOMAIN"));
    expect(await client({ resolver }).request(post("http://none.test/"))).toMatchObject({
      status: "refused",
      code: "dns_failed",
    });
    const forged = { ...post(url), headers: { "x-a": "b\r\nx-forged: 1" } };
    expect(await client().request(forged)).toMatchObject({ status: "refused", code: "bad_request" });
  });

  it("verifies certificates", async () => {
    const file = (name: string) => readFileSync(new URL(`../providers/testing/${name}`, import.meta.url), "utf8");
    const server = createTlsServer(
      { key: file("localhost-key.pem"), cert: file("localhost-cert.pem") },
      (_, response) => response.end("ok"),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    cleanups.push(() => server.close());
    const url = `https://localhost:${portOf(server)}/`;
    expect(await client().request(post(url))).toMatchObject({ status: "refused", code: "tls_failed" });
    expect(await client({ ca: file("localhost-cert.pem") }).request(post(url))).toMatchObject({
      status: "response",
      statusCode: 200,
    });
    const resolver = async () => [{ address: "127.0.0.1", family: 4 as const }];
    const other = client({ ca: file("localhost-cert.pem"), resolver });
    expect(await other.request(post(`https://other.test:${portOf(server)}/`))).toMatchObject({
      status: "refused",
      code: "tls_failed",
    });
    cleanups.push(() => server.closeAllConnections());
  });

  it("calls a time-out unknown once the request is out, and refused before", async () => {
    const silent = await serveTcp(() => undefined);
    expect(await client().request({ ...post(silent), timeoutMs: 50 })).toMatchObject({
      status: "unknown",
      code: "timeout",
    });
    const busy = client({ limits: { connectionsPerOriginMax: 1 } });
    const first = busy.request({ ...post(silent), timeoutMs: 150 });
    expect(await busy.request({ ...post(silent), timeoutMs: 30 })).toMatchObject({
      status: "refused",
      code: "timeout_before_send",
    });
    expect(await first).toMatchObject({ status: "unknown", code: "timeout" });
  });

  it("ends a body that comes too slowly", async () => {
    const { url } = await serve((_, response) => {
      response.write("a");
    });
    expect(await client().request({ ...post(url), timeoutMs: 80 })).toMatchObject({
      status: "unknown",
      code: "timeout",
    });
  });

  it("ends a body that is too large, announced or not", async () => {
    const http = client({ limits: { bodyBytesMax: 1000 } });
    const { url } = await serve((request, response) => {
      if (request.url === "/announced") response.setHeader("content-length", 5000);
      response.end(Buffer.alloc(5000));
    });
    expect(await http.request(post(`${url}/chunked`))).toMatchObject({ status: "unknown", code: "body_too_large" });
    expect(await http.request(post(`${url}/announced`))).toMatchObject({ status: "unknown", code: "body_too_large" });
  });

  it("calls a reset, a cut body, huge headers and nonsense unknown", async () => {
    const reset = await serveTcp((socket) => socket.once("data", () => socket.resetAndDestroy()));
    expect(await client().request(post(reset))).toMatchObject({ status: "unknown", code: "reset" });
    const cut = await serveTcp((socket) =>
      socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc")),
    );
    expect((await client().request(post(cut))).status).toBe("unknown");
    const nonsense = await serveTcp((socket) => socket.once("data", () => socket.end("SSH-2.0-OpenSSH\r\n")));
    expect(await client().request(post(nonsense))).toMatchObject({ status: "unknown", code: "malformed_answer" });
    const huge = await serveTcp((socket) =>
      socket.once("data", () => socket.write(`HTTP/1.1 200 OK\r\nx: ${"a".repeat(40_000)}\r\n\r\n`)),
    );
    expect(await client().request(post(huge))).toMatchObject({ status: "unknown", code: "headers_too_large" });
  });

  it("stops at the caller's signal", async () => {
    const controller = new AbortController();
    const { url } = await serve(() => controller.abort());
    expect(await client().request({ ...post(url), signal: controller.signal })).toMatchObject({
      status: "unknown",
      code: "aborted",
    });
    expect(await client().request({ ...post(url), signal: controller.signal })).toMatchObject({
      status: "refused",
      code: "aborted_before_send",
    });
  });

  it("bounds connections and requests per origin, and gives up idle origins for new ones", async () => {
    const open = new Set<Socket>();
    let most = 0;
    const held: (() => void)[] = [];
    const { port } = await serve((request, response) => {
      open.add(request.socket);
      most = Math.max(most, open.size);
      held.push(() => response.end());
      if (held.length === 2) for (const answer of held.splice(0)) answer();
    });
    const http = client({ limits: { connectionsPerOriginMax: 2, pendingPerOriginMax: 4, originsMax: 1 } });
    const four = Array.from({ length: 4 }, () => http.request(post(`http://127.0.0.1:${port}/`)));
    expect(await http.request(post(`http://127.0.0.1:${port}/`))).toMatchObject({
      status: "refused",
      code: "too_busy",
    });
    expect(await http.request(post(`http://localhost:${port}/`))).toMatchObject({
      status: "refused",
      code: "too_busy",
    });
    expect((await Promise.all(four)).map(({ status }) => status)).toEqual(Array(4).fill("response"));
    expect(most).toBe(2);
    const other = await serve((_, response) => response.end());
    expect(await http.request(post(other.url))).toMatchObject({ status: "response" });
  });

  it("finishes what is under way when closed, takes no more, and may be closed twice", async () => {
    const http = client();
    const { url } = await serve((_, response) => {
      void http.close();
      response.end();
    });
    expect(await http.request(post(url))).toMatchObject({ status: "response" });
    await http.close();
    expect(await http.request(post(url))).toMatchObject({ status: "refused", code: "closed" });
  });
});
