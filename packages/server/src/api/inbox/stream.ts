import type { Socket } from "node:net";
import { type InboxClose, inboxCloseCodes } from "@tidings/contract/inbox";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { InboxConnection } from "./subscriber.ts";

/** What a browser's EventSource waits before it comes again, ms. */
const retryMs = 2000;

const streamHeaders = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  // Proxies that gather answers would hold changes back (nginx, proxy_buffering).
  "x-accel-buffering": "no",
  connection: "close",
};

/** An event stream (WHATWG HTML, Server-sent events): a change's sequence is the event's id, which a browser resumes with. */
export class StreamConnection implements InboxConnection {
  readonly transport = "sse";
  readonly #reply: FastifyReply;
  readonly #socket: Socket;

  constructor(request: FastifyRequest, reply: FastifyReply) {
    this.#reply = reply;
    this.#socket = request.raw.socket;
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    reply.raw.writeHead(200, streamHeaders);
    reply.raw.write(`retry: ${retryMs}\n\n`);
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  send(sequence: number, json: string): void {
    this.#reply.raw.write(`id: ${sequence}\ndata: ${json}\n\n`);
  }

  /** A comment. Nothing answers it: a connection whose last ones are still not taken is as good as gone. */
  beat(): boolean {
    if (this.#socket.writableLength > 0) return false;
    this.#reply.raw.write(": heartbeat\n\n");
    return true;
  }

  drained(): Promise<void> {
    return socketDrained(this.#socket);
  }

  close(reason: InboxClose): void {
    const code = reason === "stopping" ? 1001 : inboxCloseCodes[reason];
    this.#reply.raw.end(`event: close\ndata: ${JSON.stringify({ code })}\n\n`);
    if (reason === "slow") this.#socket.destroy();
  }
}

/** Resolves when the socket's buffer is empty, or it is closed. */
export function socketDrained(socket: Socket): Promise<void> {
  if (!socket.writableNeedDrain || socket.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      socket.off("drain", end);
      socket.off("close", end);
      resolve();
    };
    socket.on("drain", end);
    socket.on("close", end);
  });
}
