import type { Outcome } from "../../../ports/provider.ts";
import type { Capabilities } from "./capabilities.ts";

/** A mail to be handed to a server: envelope and text. */
export interface Envelope {
  /** MAIL FROM, without brackets. */
  from: string;
  to: string;
  /** The whole mail; each line ends in CRLF and holds no other CR or LF. */
  text: string;
  /** An address or header is not ASCII (RFC 6531). */
  needsSmtpUtf8: boolean;
}

/** A mail on its way through the pool; it is settled once. */
export class Job {
  readonly envelope: Envelope;
  /** Octets of the text, as SIZE has them (RFC 1870 §4): without the dots that are put in. */
  readonly octets: number;
  /** The whole mail with its final dot may be with the server: from here on only its reply tells what it did. */
  maybeTaken = false;
  /** It was taken back from a connection that the server had closed, which happens once. */
  isSecondTry = false;
  isSettled = false;
  /** When its call is over (monotonic): from then on its text is not sent, and an outcome is evidence only. */
  readonly until: number;
  readonly #settle: (outcome: Outcome) => void;

  constructor(envelope: Envelope, until: number, settle: (outcome: Outcome) => void) {
    this.envelope = envelope;
    this.until = until;
    this.octets = envelope.needsSmtpUtf8 ? Buffer.byteLength(envelope.text) : envelope.text.length;
    this.#settle = settle;
  }

  settle(outcome: Outcome): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.#settle(outcome);
  }
}

/** Lines that begin with a dot get a second one (RFC 5321 §4.5.2), so that no line of a mail can be its end. */
export function dotStuffed(text: string): string {
  const stuffed = text.startsWith(".") ? `.${text}` : text;
  return stuffed.includes("\n.") ? stuffed.replaceAll("\n.", "\n..") : stuffed;
}

/** What a server that was asked says of a mail before it is offered. */
export function impossible({ envelope, octets }: Job, { sizeMax, smtpUtf8 }: Capabilities): Outcome | undefined {
  if (envelope.needsSmtpUtf8 && !smtpUtf8) {
    const detail = "an address that is not ASCII, and a server without SMTPUTF8";
    return { status: "rejected", kind: "permanent", code: "smtputf8_unsupported", detail };
  }
  if (sizeMax !== undefined && sizeMax > 0 && octets > sizeMax) {
    const detail = `${octets} octets; the server takes ${sizeMax}`;
    return { status: "rejected", kind: "permanent", code: "too_large", detail };
  }
  return undefined;
}
