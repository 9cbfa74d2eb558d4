import type { IncomingMessage, Server } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { isOriginAllowed } from "./origins.ts";

const path = "/v1/inbox/socket";

export interface Upgrades {
  /** Origins of pages that may connect. */
  origins: readonly string[];
  isStopping(): boolean;
  take(request: IncomingMessage, socket: Socket, head: Buffer): void;
}

/**
 * WebSockets at the inbox's path. Once a server listens for upgrades, Node gives it every request that offers one, such as
 * `Upgrade: h2c` of Java's and curl's clients, which a server may ignore (RFC 9110 §7.8): those go back to it without the
 * offer.
 */
export function takeUpgrades(server: Server, upgrades: Upgrades): void {
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!(socket instanceof Socket)) return void socket.destroy();
    if (request.headers.upgrade?.toLowerCase() !== "websocket") return giveBack(server, request, socket, head);
    socket.on("error", () => socket.destroy());
    if (request.url?.split("?", 1)[0] !== path) refuse(socket, "404 Not Found");
    else if (upgrades.isStopping()) refuse(socket, "503 Service Unavailable");
    else if (!isOriginAllowed(upgrades.origins, request.headers.origin, request.headers.host))
      refuse(socket, "403 Forbidden");
    else upgrades.take(request, socket, head);
  });
}

function refuse(socket: Socket, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

/** Headers of the offer itself. */
const offer = new Set(["upgrade", "http2-settings", "connection"]);

/** The request as it came but for the offer, read once more from the same connection. */
function giveBack(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
  const lines = [`${request.method ?? "GET"} ${request.url ?? "/"} HTTP/1.1`];
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? "";
    if (!offer.has(name.toLowerCase())) lines.push(`${name}: ${request.rawHeaders[index + 1] ?? ""}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), head]));
  server.emit("connection", socket);
}
