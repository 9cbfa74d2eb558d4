import { once } from "node:events";
import type { Socket } from "node:net";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";
import type { MailIntake } from "./intake.ts";

export interface SmtpListenerOptions {
  intake: Pick<MailIntake, "take" | "expects">;
  now(): number;
  host: string;
  port: number;
  /** Greets with it; the machine's own name where empty. */
  name: string;
  /** Certificate and key (PEM) for STARTTLS; undefined where nothing is encrypted. */
  tls: { cert: string; key: string } | undefined;
  connectionsMax: number;
  idleMs: number;
  /** A connection ends after so long, however slowly it speaks: a few that never come to an end would keep all others out. */
  lifetimeMs: number;
  mailBytesMax: number;
  /** Told of what ended a connection, and of what could not be made durable. */
  onFault(error: unknown): void;
}

/** How long a stop waits for mails that are under way. */
const closeTimeoutMs = 5000;

/**
 * Takes mail by SMTP (RFC 5321) for addresses that tell us something, and for no others: it relays nothing. One recipient a mail, as a
 * bounce has one; for another the sender comes again (§4.5.3.1.10). 250 follows the commit, so that what had another answer comes
 * again: nothing is lost, and nothing counts twice.
 */
export class SmtpListener {
  readonly #options: SmtpListenerOptions;
  readonly #server: SMTPServer;

  constructor(options: SmtpListenerOptions) {
    const { name, tls, connectionsMax, idleMs, mailBytesMax } = options;
    this.#options = options;
    this.#server = new SMTPServer({
      ...(name === "" ? {} : { name }),
      ...(tls === undefined ? {} : { ...tls, minVersion: "TLSv1.2" as const }),
      // without a certificate of ours the library would offer one that anybody has the key of
      disabledCommands: tls === undefined ? ["AUTH", "STARTTLS"] : ["AUTH"],
      banner: "Tidings",
      hideENHANCEDSTATUSCODES: false,
      size: mailBytesMax,
      rejectOversized: true,
      maxClients: connectionsMax,
      maxRecipients: 1,
      socketTimeout: idleMs,
      closeTimeout: closeTimeoutMs,
      disableReverseLookup: true,
      onRcptTo: ({ address }, _session, callback) => callback(this.#refusalOf(address)),
      onData: (stream, session, callback) => {
        this.#take(stream, session).then(() => callback(), callback);
      },
    });
    this.#server.on("error", (error) => options.onFault(error));
    this.#server.server.on("connection", (socket: Socket) => {
      const timer = setTimeout(() => socket.destroy(), options.lifetimeMs);
      socket.once("close", () => clearTimeout(timer));
    });
  }

  /** Resolves once it listens; gives the port. */
  async listen(): Promise<number> {
    const { host, port } = this.#options;
    const listening = this.#server.listen(port, host);
    if (!listening.listening) await once(listening, "listening");
    const address = listening.address();
    return typeof address === "object" && address !== null ? address.port : port;
  }

  /** Takes no more connections; resolves when those that are open have ended, or their time is up. Safe to call twice. */
  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #refusalOf(address: string): Error | null {
    return this.#options.intake.expects(address) ? null : smtpError(550, "No such address here");
  }

  async #take(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
    const { intake, now, onFault } = this.#options;
    const raw = await wholeOf(stream);
    // the library answers 552 by itself
    if (raw === undefined) return;
    const recipients = session.envelope.rcptTo.map(({ address }) => address);
    try {
      await intake.take({ way: "smtp", recipients, raw, receivedAt: now() });
    } catch (error) {
      onFault(error);
      throw smtpError(451, "Cannot be stored now: come again");
    }
  }
}

/** Undefined where it is larger than it may be: what is too much is passed over, and kept nowhere. */
async function wholeOf(stream: SMTPServerDataStream): Promise<Buffer | undefined> {
  let pieces: Buffer[] = [];
  for await (const piece of stream) {
    if (stream.sizeExceeded) pieces = [];
    else pieces.push(Buffer.isBuffer(piece) ? piece : Buffer.from(String(piece)));
  }
  return stream.sizeExceeded ? undefined : Buffer.concat(pieces);
}

function smtpError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
