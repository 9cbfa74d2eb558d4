import type { Capabilities } from "./capabilities.ts";
import { SmtpFault } from "./fault.ts";
import type { Job } from "./job.ts";
import type { Reply } from "./reply.ts";
import type { Wire } from "./wire.ts";

/** What became of an envelope. */
export type EnvelopeAnswer =
  /** 354: the server awaits the text. */
  | { status: "agreed" }
  /** By the first command that was refused; `wantsText` where DATA was accepted all the same. */
  | { status: "refused"; reply: Reply; command: string; wantsText: boolean };

export interface EnvelopeParts {
  wire: Wire;
  capabilities: Capabilities;
  commandTimeoutMs: number;
  /** RSET goes first, as the mail before was refused. */
  resets: boolean;
  onAnswer(answer: EnvelopeAnswer): void;
}

type Command = readonly [name: string, line: string];

/**
 * MAIL, RCPT and DATA of one mail (RFC 5321 §3.3). Gives what is to be written now: all of it where the server offers
 * PIPELINING, else the first command, each further one being written after the reply to the one before.
 */
export function beginEnvelope(job: Job, parts: EnvelopeParts): string {
  const commands = commandsOf(job, parts);
  const envelope = new Envelope(parts, job.envelope.needsSmtpUtf8);
  return parts.capabilities.pipelining ? envelope.atOnce(commands) : envelope.inTurn(commands);
}

function commandsOf({ envelope, octets }: Job, { capabilities, resets }: EnvelopeParts): Command[] {
  const size = capabilities.sizeMax === undefined ? "" : ` SIZE=${octets}`;
  const utf8 = envelope.needsSmtpUtf8 ? " BODY=8BITMIME SMTPUTF8" : "";
  return [
    ...(resets ? [["RSET", "RSET\r\n"] as const] : []),
    ["MAIL FROM", `MAIL FROM:<${envelope.from}>${size}${utf8}\r\n`],
    ["RCPT TO", `RCPT TO:<${envelope.to}>\r\n`],
    ["DATA", "DATA\r\n"],
  ];
}

class Envelope {
  readonly #parts: EnvelopeParts;
  readonly #isUtf8: boolean;
  #refusal: { reply: Reply; command: string } | undefined;

  constructor(parts: EnvelopeParts, isUtf8: boolean) {
    this.#parts = parts;
    this.#isUtf8 = isUtf8;
  }

  atOnce(commands: readonly Command[]): string {
    let text = "";
    for (const [command, line] of commands) {
      this.#await(command, (reply) => this.#onReply(command, reply, command === "DATA"));
      text += line;
    }
    return text;
  }

  inTurn([first, ...rest]: readonly Command[]): string {
    if (first === undefined) return "";
    const [command, line] = first;
    this.#await(command, (reply) => {
      const isLast = rest.length === 0 || (command !== "RSET" && reply.code >= 300);
      this.#onReply(command, reply, isLast);
      if (!isLast) this.#parts.wire.write(this.inTurn(rest), this.#isUtf8);
    });
    return line;
  }

  #await(command: string, onReply: (reply: Reply) => void): void {
    this.#parts.wire.await({ command, timeoutMs: this.#parts.commandTimeoutMs, onReply });
  }

  #onReply(command: string, reply: Reply, isLast: boolean): void {
    // the server is about to close (RFC 5321 §3.8)
    if (reply.code === 421) {
      this.#parts.wire.lose(new SmtpFault("connection_lost", command, reply));
      return;
    }
    const isAgreed = command === "DATA" ? reply.code === 354 : reply.code < 300 || command === "RSET";
    if (!isAgreed) this.#refusal ??= { reply, command };
    if (!isLast) return;
    const wantsText = reply.code === 354;
    this.#parts.onAnswer(
      this.#refusal === undefined ? { status: "agreed" } : { status: "refused", ...this.#refusal, wantsText },
    );
  }
}
