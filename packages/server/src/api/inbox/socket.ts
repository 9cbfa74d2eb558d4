import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { type InboxClose, inboxCloseCodes, inboxStreamQuerySchema } from "@tidings/contract/inbox";
import { type WebSocket, WebSocketServer } from "ws";
import type { Clock } from "../../ports/clock.ts";
import type { ApiKeyring } from "../api-keyring.ts";
import { bearerToken } from "./access.ts";
import type { InboxHub } from "./hub.ts";
import { socketDrained } from "./stream.ts";
import type { InboxConnection } from "./subscriber.ts";
import { readToken } from "./token.ts";

/** Pages have nothing to say on the socket. */
const payloadBytesMax = 1024;
/** How long the other side may take to answer a close, ms. */
const closeGraceMs = 1000;

/** A WebSocket (RFC 6455). A ping that is not answered until the next one closes it. */
class SocketConnection implements InboxConnection {
  readonly transport = "websocket";
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;
  readonly #clock: Clock;
  #answered = true;

  constructor(webSocket: WebSocket, socket: Socket, clock: Clock) {
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#clock = clock;
    webSocket.on("pong", () => {
      this.#answered = true;
    });
  }

  get bufferedBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  send(_sequence: number, json: string): void {
    this.#webSocket.send(json);
  }

  /** The message is for pages, which see no ping. */
  beat(_sequence: number, json: string): boolean {
    if (!this.#answered) return false;
    this.#answered = false;
    this.#webSocket.ping();
    this.#webSocket.send(json);
    return true;
  }

  drained(): Promise<void> {
    return socketDrained(this.#socket);
  }

  close(reason: InboxClose): void {
    this.#webSocket.close(reason === "stopping" ? 1001 : inboxCloseCodes[reason], reason);
    const timer = this.#clock.after(closeGraceMs, () => this.#webSocket.terminate());
    this.#webSocket.once("close", () => timer.cancel());
  }
}

export interface InboxSocketsOptions {
  hub: InboxHub;
  keyring: Pick<ApiKeyring, "sign">;
  clock: Clock;
}

/**
 * Takes WebSockets in. What is wrong with a token is told by a close code, as a page cannot read the answer to an upgrade
 * that was refused.
 */
export class InboxSockets {
  readonly #on: InboxSocketsOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: payloadBytesMax,
  });

  constructor(options: InboxSocketsOptions) {
    this.#on = options;
  }

  take(request: IncomingMessage, socket: Socket, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#join(request, socket, webSocket));
  }

  #join(request: IncomingMessage, socket: Socket, webSocket: WebSocket): void {
    const { hub, keyring, clock } = this.#on;
    // A connection that fails is closed after it; its page resumes.
    webSocket.on("error", () => {});
    const connection = new SocketConnection(webSocket, socket, clock);
    const { searchParams } = new URL(request.url ?? "", "http://inbox");
    const query = inboxStreamQuerySchema.safeParse(Object.fromEntries(searchParams));
    const text = query.data?.token ?? bearerToken(request.headers.authorization);
    const token = text === undefined ? undefined : readToken(keyring, text, clock.now());
    if (token === undefined) connection.close("token");
    else webSocket.once("close", hub.join(token, query.data?.after, connection));
  }
}
