import { type Reply, replyText } from "./reply.ts";

/** Why a connection ended, or never came to be. Its texts hold no host, address or reply: outcomes are logged. */
export type FaultCode =
  | "private_address"
  | "dns_failed"
  | "connection_failed"
  | "connection_lost"
  | "timeout"
  | "aborted"
  | "closed"
  | "too_busy"
  | "tls_failed"
  | "auth"
  | "session_refused"
  | "malformed_answer";

export class SmtpFault extends Error {
  override name = "SmtpFault";
  readonly code: FaultCode;
  /** The command whose reply was awaited; empty before the first. */
  readonly command: string;
  /** The server's refusal, where that was it. */
  readonly reply: string | undefined;

  constructor(code: FaultCode, command = "", reply?: Reply) {
    super(code);
    this.code = code;
    this.command = command;
    this.reply = reply === undefined ? undefined : replyText(reply);
  }
}
