import { type ClientHttp2Session, connect } from "node:http2";
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { socketHost } from "./outbound-address.ts";

export interface Http2ConnectSettings {
  /** Gives checked addresses only; nothing else is connected to. */
  lookup: LookupFunction;
  /** Certificates (PEM) trusted instead of the system's. */
  ca: string | undefined;
  /** For look-up, connection, handshake and the peer's first settings together. */
  connectTimeoutMs: number;
  headersBytesMax: number;
  sessionMemoryMib: number;
}

/** Names what went wrong by the codes of sockets, or by one of ours (outbound-faults). */
class ConnectError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

export interface Http2Connection {
  session: ClientHttp2Session;
  /** Below it, to be broken off where the peer is gone: a session waits until all is written. */
  socket: Socket;
}

/**
 * A connection that speaks HTTP/2 (RFC 9113): by TLS with ALPN where the scheme is https, with prior knowledge where it is
 * http. Resolves once the peer's first settings are there, as they say how many streams it takes, and it has taken ours, as the
 * bound on headers holds for streams that begin after it; rejects with an error that has a `code`. Until then nothing of any
 * request was sent.
 */
export function connectHttp2(origin: URL, settings: Http2ConnectSettings): Promise<Http2Connection> {
  return new Promise((resolve, reject) => {
    const isTls = origin.protocol === "https:";
    const socket = isTls ? tlsSocket(origin, settings) : tcpSocket(origin, settings);
    let session: ClientHttp2Session | undefined;
    const fail = (error: Error): void => {
      clearTimeout(timer);
      session?.destroy();
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => fail(new ConnectError("ETIMEDOUT")), settings.connectTimeoutMs);
    const closed = (): void => fail(new ConnectError("connect_failed"));
    socket.once("error", fail).once("close", closed);
    socket.once(isTls ? "secureConnect" : "connect", () => {
      if ("alpnProtocol" in socket && socket.alpnProtocol !== "h2") {
        fail(new ConnectError("not_http2"));
        return;
      }
      socket.off("error", fail).off("close", closed);
      const opened = connect(origin, {
        createConnection: () => socket,
        maxSessionMemory: settings.sessionMemoryMib,
        settings: { enablePush: false, maxHeaderListSize: settings.headersBytesMax },
      });
      session = opened;
      // it stays: without a listener an error would end the process
      opened.on("error", fail).once("close", closed).once("goaway", closed);
      const settled = (): void => {
        if (opened.pendingSettingsAck || !isTold) return;
        clearTimeout(timer);
        opened.off("close", closed).off("goaway", closed);
        resolve({ session: opened, socket });
      };
      let isTold = false;
      opened.once("remoteSettings", () => {
        isTold = true;
        settled();
      });
      opened.once("localSettings", settled);
    });
  });
}

const portOf = ({ port, protocol }: URL): number => (port === "" ? (protocol === "https:" ? 443 : 80) : Number(port));

const tcpSocket = (origin: URL, { lookup }: Http2ConnectSettings): Socket =>
  connectTcp({ host: socketHost(origin.hostname), port: portOf(origin), lookup });

function tlsSocket(origin: URL, { lookup, ca }: Http2ConnectSettings) {
  const host = socketHost(origin.hostname);
  return connectTls({
    host,
    port: portOf(origin),
    lookup,
    ALPNProtocols: ["h2"],
    // a server name is a name (RFC 6066 §3)
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
  });
}
