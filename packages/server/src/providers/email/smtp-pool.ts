import { connect, type Socket } from "node:net";
import { Transform } from "node:stream";
import { createTransport } from "nodemailer";
import type { ProviderEnvironment } from "../../ports/provider.ts";
import type { SmtpSettings } from "./smtp-settings.ts";

/** How far a message has come; it decides whether a loss leaves open what happened. */
export interface Progress {
  /** Set before the last byte leaves us, so it is never too late. */
  maybeTaken: boolean;
}

/** Takes a mail's progress to the stream plug-in: nodemailer copies the mail, but keeps its envelope. */
export const progressOf = new WeakMap<object, Progress>();

/** nodemailer's pool, on sockets to checked addresses, telling of each mail how far it came. */
export function createPool(settings: SmtpSettings, environment: ProviderEnvironment) {
  const transport = createTransport({
    pool: true,
    host: settings.host,
    port: settings.port,
    secure: settings.secure === "tls",
    requireTLS: settings.secure === "starttls",
    ignoreTLS: settings.secure === "none",
    // the socket goes to the checked address; the certificate is matched with `host` all the same
    tls: { rejectUnauthorized: true, minVersion: "TLSv1.2", ...(settings.ca === undefined ? {} : { ca: settings.ca }) },
    ...(settings.username === undefined ? {} : { auth: { user: settings.username, pass: settings.password ?? "" } }),
    maxConnections: settings.maxConnections,
    maxMessages: settings.maxMessages,
    maxRequeues: 1,
    connectionTimeout: settings.connectTimeoutMs,
    greetingTimeout: settings.greetingTimeoutMs,
    socketTimeout: settings.finalDotTimeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    getSocket: (_options: unknown, callback: (error: Error | null, socket?: { connection: Socket }) => void) => {
      openSocket(settings, environment).then((connection) => callback(null, { connection }), callback);
    },
  });
  transport.use("stream", (mail, done) => {
    const { envelope, signal } = mail.data;
    const progress = typeof envelope === "object" ? progressOf.get(envelope) : undefined;
    if (progress === undefined) return done(new Error("a mail without its progress"));
    mail.message.processFunc((input) => input.pipe(watchEnd(progress, signal)));
    done();
  });
  return transport;
}

/** Passes the message on and marks the moment before its end, behind which nodemailer writes the final dot. */
function watchEnd(progress: Progress, signal: { readonly aborted: boolean } | undefined): Transform {
  return new Transform({
    transform: (chunk, _encoding, done) => done(null, chunk),
    flush: (done) => {
      // a second pass over a message that may be with the server already would be a duplicate
      if (signal?.aborted === true || progress.maybeTaken) return done(new Error("not to be sent"));
      progress.maybeTaken = true;
      done();
    },
  });
}

class SocketError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** A connection to the address that the guard gave, and to no other. */
async function openSocket(settings: SmtpSettings, environment: ProviderEnvironment): Promise<Socket> {
  const target = await environment.resolve?.(settings.host);
  if (target?.status !== "resolved") throw new SocketError(target?.code ?? "no_resolver");
  return new Promise((resolve, reject) => {
    const socket = connect({ host: target.address, port: settings.port, noDelay: true });
    const onError = (): void => reject(new SocketError("connection_failed"));
    const timer = setTimeout(() => socket.destroy(new Error("no connection in time")), settings.connectTimeoutMs);
    socket.once("error", onError);
    socket.once("close", () => clearTimeout(timer));
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.removeListener("error", onError);
      resolve(socket);
    });
  });
}
