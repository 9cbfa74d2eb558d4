import type { Socket } from "node:net";
import type { Clock } from "../../../ports/clock.ts";
import { Alarm } from "./alarm.ts";
import { SmtpFault } from "./fault.ts";
import { type Reply, ReplyReader } from "./reply.ts";

/** A command whose reply is on its way. */
interface Awaited {
  command: string;
  timeoutMs: number;
  onReply(reply: Reply): void;
  onLost?(fault: SmtpFault): void;
}

const closing = ["error", "close", "end"] as const;

/** How long a server may take to close after QUIT. */
const quitTimeoutMs = 5000;

/**
 * A socket that speaks in commands and replies.
 *
 *   open ──▶ ended      by `lose` (socket, time-out, what is no reply, a reply that nobody awaits) or by `quit`
 *
 * Replies come in the order of the commands (RFC 2920 §3.2), so what is awaited is a queue. Its head has a time-out of its
 * own. `onLost` is told once, after everything that was awaited; nothing is said after `quit`.
 */
export class Wire {
  /** Who uses it sets this. */
  onLost: (fault: SmtpFault) => void = () => undefined;
  readonly #clock: Clock;
  #socket: Socket;
  #reader = new ReplyReader();
  #awaited: Awaited[] = [];
  #ended = false;
  readonly #alarm: Alarm;

  constructor(socket: Socket, clock: Clock) {
    this.#clock = clock;
    this.#socket = socket;
    this.#alarm = new Alarm(clock, () => this.lose(new SmtpFault("timeout", this.#awaited[0]?.command)));
    this.#listen();
  }

  get localAddress(): string {
    return this.#socket.localAddress ?? "";
  }

  /** `onFlushed` is told when the text has left the process, or why it has not. */
  write(text: string, isUtf8: boolean, onFlushed?: (error?: Error | null) => void): void {
    if (!this.#ended) this.#socket.write(text, isUtf8 ? "utf8" : "latin1", onFlushed);
  }

  await(awaited: Awaited): void {
    this.#awaited.push(awaited);
    if (this.#awaited.length === 1) this.#alarm.set(awaited.timeoutMs);
  }

  /** Writes a command, and resolves with its reply. Rejects with a SmtpFault. */
  command(command: string, line: string, timeoutMs: number): Promise<Reply> {
    const reply = this.next(command, timeoutMs);
    this.write(`${line}\r\n`, true);
    return reply;
  }

  /** The next reply, without a command: the greeting. */
  next(command: string, timeoutMs: number): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#ended) {
        reject(new SmtpFault("connection_lost", command));
        return;
      }
      this.await({ command, timeoutMs, onReply: resolve, onLost: reject });
    });
  }

  /**
   * Puts TLS under it. What came behind the reply to STARTTLS came in clear, from whomever: it is a fault (CVE-2011-0411).
   */
  async secure(encrypt: (socket: Socket) => Promise<Socket>): Promise<void> {
    if (this.#ended) throw new SmtpFault("connection_lost", "STARTTLS");
    if (this.#reader.isPending) throw new SmtpFault("tls_failed", "STARTTLS");
    this.#silence();
    this.#socket = await encrypt(this.#socket);
    if (this.#ended) this.#socket.destroy();
    this.#reader = new ReplyReader();
    this.#listen();
  }

  lose(fault: SmtpFault): void {
    if (this.#ended) return;
    const awaited = this.#end();
    this.#socket.destroy();
    for (const each of awaited) each.onLost?.(fault);
    this.onLost(fault);
  }

  quit(): void {
    if (this.#ended) return;
    this.#end();
    const socket = this.#socket;
    const timer = this.#clock.after(quitTimeoutMs, () => socket.destroy());
    socket.once("close", () => timer.cancel());
    socket.resume().end("QUIT\r\n");
  }

  #end(): Awaited[] {
    this.#ended = true;
    this.#silence();
    this.#alarm.stop();
    return this.#awaited.splice(0);
  }

  #listen(): void {
    this.#socket.on("data", this.#onData);
    for (const event of closing) this.#socket.on(event, this.#onClosed);
  }

  #silence(): void {
    this.#socket.removeListener("data", this.#onData);
    for (const event of closing) this.#socket.removeListener(event, this.#onClosed);
    // an error that nobody hears would end the process
    this.#socket.on("error", () => undefined);
  }

  readonly #onClosed = (): void => this.lose(new SmtpFault("connection_lost", this.#awaited[0]?.command));

  readonly #onData = (chunk: Buffer): void => {
    let replies: Reply[];
    try {
      replies = this.#reader.push(chunk);
    } catch {
      this.lose(new SmtpFault("malformed_answer", this.#awaited[0]?.command));
      return;
    }
    for (const reply of replies) {
      const awaited = this.#awaited.shift();
      // 421 before the server closes (RFC 5321 §3.8), or an answer to nothing
      if (awaited === undefined) {
        this.lose(new SmtpFault("connection_lost"));
        return;
      }
      const [head] = this.#awaited;
      if (head === undefined) this.#alarm.unset();
      else this.#alarm.set(head.timeoutMs);
      awaited.onReply(reply);
      if (this.#ended) return;
    }
  };
}
