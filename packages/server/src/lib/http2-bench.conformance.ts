import { once } from "node:events";
import { readFileSync } from "node:fs";
import {
  createSecureServer,
  createServer,
  type Http2Server,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
  type Settings,
} from "node:http2";
import { connect, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { afterEach } from "vitest";
import { OutboundHttp2Client, type OutboundHttp2Settings } from "./outbound-http2.ts";

/*
 * Real servers of HTTP/2 for tests of its client, ended after each test.
 */

export const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export const pem = (name: string) => readFileSync(new URL(`../providers/testing/${name}`, import.meta.url), "utf8");

export async function listening(server: Server | Http2Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("listens on no port");
  return address.port;
}

type OnStream = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, at: Place) => void;

/** Where a stream came in: the how-manieth connection and the how-manieth request, from 1. */
interface Place {
  connection: number;
  request: number;
}

interface Running {
  url: string;
  port: number;
  connections: Http2Session[];
  /** Breaks all connections. */
  breakAll(): void;
}

/** A server of HTTP/2 with prior knowledge, or with TLS. */
export async function serve(
  onStream: OnStream,
  {
    settings = {},
    tls = false,
    onSession,
  }: { settings?: Settings; tls?: boolean; onSession?: (session: Http2Session) => void } = {},
): Promise<Running> {
  const connections: Http2Session[] = [];
  let request = 0;
  const server = tls
    ? createSecureServer({ key: pem("localhost-key.pem"), cert: pem("localhost-cert.pem"), settings })
    : createServer({ settings, maxSessionMemory: 1000 });
  const sockets: Socket[] = [];
  server.on("connection", (socket: Socket) => void sockets.push(socket));
  server.on("session", (session: Http2Session) => {
    connections.push(session);
    session.on("error", () => undefined);
    onSession?.(session);
  });
  server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on("error", () => undefined);
    request += 1;
    const { session } = stream;
    onStream(stream, headers, { request, connection: session === undefined ? 0 : connections.indexOf(session) + 1 });
  });
  const port = await listening(server);
  const breakAll = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  cleanups.push(breakAll);
  return { port, url: `${tls ? "https://localhost" : "http://127.0.0.1"}:${port}/`, connections, breakAll };
}

export function client(settings: Partial<OutboundHttp2Settings> = {}): OutboundHttp2Client {
  const made = new OutboundHttp2Client({ allowPrivateNetwork: true, ...settings });
  cleanups.push(() => made.close());
  return made;
}

export const post = (url: string, body = "{}") => ({
  method: "POST" as const,
  url,
  headers: {},
  body,
  timeoutMs: 5000,
});
export const ok = (stream: ServerHttp2Stream): void => {
  stream.respond({ ":status": 200 });
  stream.end("ok");
};

/** Sends what comes to the port on, until it is told to swallow all that comes on connections that are open by then. */
export async function proxyTo(port: number): Promise<{ url: string; cut: () => void; accepted: () => number }> {
  const pairs: [Socket, Socket][] = [];
  const server = createTcpServer((near) => {
    const far = connect(port, "127.0.0.1");
    pairs.push([near, far]);
    for (const socket of [near, far]) socket.on("error", () => undefined);
    near.pipe(far).pipe(near);
  });
  const own = await listening(server);
  cleanups.push(() => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  });
  return {
    url: `http://127.0.0.1:${own}/`,
    accepted: () => pairs.length,
    cut: () => {
      for (const [near, far] of pairs) {
        near.unpipe(far);
        far.unpipe(near);
        near.resume();
        far.resume();
      }
    },
  };
}
