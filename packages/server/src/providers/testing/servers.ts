import { once } from "node:events";
import { createServer as createHttpServer, type IncomingHttpHeaders, type RequestListener } from "node:http";
import type { Http2Server } from "node:http2";
import { createServer, type Server, type Socket } from "node:net";

export interface RunningServer {
  port: number;
  close(): Promise<void>;
}

export function portOf(server: Server | Http2Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("listens on no port");
  return address.port;
}

/** Ready to be called; `end` ends what is open when it is closed. */
export async function listening(server: Server | Http2Server, end: () => void): Promise<RunningServer> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: portOf(server),
    close: async () => {
      const closed = once(server, "close");
      server.close();
      end();
      await closed;
    },
  };
}

/** A TCP server that says what it is told to. */
export function startTcp(onSocket: (socket: Socket) => void): Promise<RunningServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    onSocket(socket);
  });
  return listening(server, () => {
    for (const socket of sockets) socket.destroy();
  });
}

export function startHttp(listener: RequestListener): Promise<RunningServer> {
  const server = createHttpServer(listener);
  return listening(server, () => server.closeAllConnections());
}

export interface RecordedCall {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** An HTTP server that keeps each call, whole, before it answers. */
export async function startRecorder(answer: RequestListener): Promise<RunningServer & { calls: RecordedCall[] }> {
  const calls: RecordedCall[] = [];
  const server = await startHttp(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const { method = "", url = "", headers } = request;
    calls.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    answer(request, response);
  });
  return { ...server, calls };
}

/** A port on 127.0.0.1 that nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = await startTcp((socket) => socket.destroy());
  await server.close();
  return server.port;
}
