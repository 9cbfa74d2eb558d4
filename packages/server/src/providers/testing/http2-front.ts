import { request as callBackend } from "node:http";
import { createServer, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { listening, type RunningServer } from "./servers.ts";

/** The server with such a front, and closed with it. */
export async function behindHttp2(server: RunningServer): Promise<RunningServer> {
  const front = await startHttp2Front(server.port);
  const close = async (): Promise<void> => {
    await Promise.all([front.close(), server.close()]);
  };
  return { port: front.port, close };
}

/**
 * HTTP/2 without TLS in front of an HTTP/1.1 server on this machine, so that one suite serves both: each stream is a request to
 * it, its answer comes as it comes, and where its connection breaks the front's breaks too.
 */
export function startHttp2Front(backend: number): Promise<RunningServer> {
  const sockets = new Set<Socket>();
  const breakAll = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const server = createServer();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  server.on("session", (session: ServerHttp2Session) => session.on("error", () => undefined));
  server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on("error", () => undefined);
    const plain = Object.entries(headers).filter(([name]) => !name.startsWith(":"));
    const call = callBackend({
      port: backend,
      host: "127.0.0.1",
      method: headers[":method"] ?? "",
      path: headers[":path"] ?? "",
      headers: Object.fromEntries(plain),
      agent: false,
    });
    call.on("response", (answer) => {
      const { connection: _, "transfer-encoding": __, "keep-alive": ___, ...rest } = answer.headers;
      stream.respond({ ":status": answer.statusCode ?? 0, ...rest });
      answer.on("error", breakAll).pipe(stream);
    });
    call.on("error", breakAll);
    stream.on("close", () => call.destroy());
    stream.pipe(call);
  });
  return listening(server, breakAll);
}
