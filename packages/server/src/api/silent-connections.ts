import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Connections on which nobody has asked yet, as browsers and load balancers keep them ready. A server that closes takes
 * them for busy, and would wait for them. Gives a function that ends them, and lets no more in.
 */
export function watchSilentConnections(server: Server): () => void {
  const open = new Set<Socket>();
  let isOver = false;
  server.on("connection", (socket) => {
    // It came in the moment before the port is closed.
    if (isOver) return void socket.destroy();
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  return () => {
    isOver = true;
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
  };
}
