import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer, type Server, type Socket } from "node:net";

export interface RunningServer {
  port: number;
  close(): Promise<void>;
}

export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("listens on no port");
  return address.port;
}

async function listening(server: Server, end: () => void): Promise<RunningServer> {
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

/** A port on 127.0.0.1 that nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = await startTcp((socket) => socket.destroy());
  await server.close();
  return server.port;
}
