import { domainToASCII } from "node:url";

/** One `@`, and nothing that ends or splits a header or a command. */
const addressPattern = /^([^\s@<>(),;:\\"[\]\p{Cc}\p{Cs}]+)@([^\s@<>(),;:\\"[\]\p{Cc}\p{Cs}]+)$/u;
const ascii = /^[\x21-\x7e]+$/;

/** RFC 5321 §4.5.3.1, in octets; an address with its brackets is a path of at most 256. */
const localMax = 64;
const addressMax = 254;

/** An address as an envelope and a header carry it. */
export interface Address {
  /** A domain that is not ASCII stands as A-labels (RFC 5890), where the local part lets a server without SMTPUTF8 take it. */
  text: string;
  /** ASCII in any case: for ids and look-ups. */
  domain: string;
  /** The local part is not ASCII: only a server with SMTPUTF8 (RFC 6531) takes it. */
  needsSmtpUtf8: boolean;
}

/** Reads `name@host`; undefined where it is none, or its domain cannot be one (UTS 46). */
export function parseAddress(text: string): Address | undefined {
  const [, local = "", given = ""] = addressPattern.exec(text) ?? [];
  if (local === "" || Buffer.byteLength(local) > localMax) return undefined;
  const domain = ascii.test(given) ? given : domainToASCII(given);
  const needsSmtpUtf8 = !ascii.test(local);
  const address = needsSmtpUtf8 ? `${local}@${given}` : `${local}@${domain}`;
  if (domain === "" || Buffer.byteLength(address) > addressMax) return undefined;
  return { text: address, domain, needsSmtpUtf8 };
}

export interface Mailbox {
  /** Empty where there is none. */
  name: string;
  address: Address;
}

const control = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/** Reads `name@host` or `Display Name <name@host>`; undefined where it is neither. */
export function parseMailbox(text: string): Mailbox | undefined {
  if (control.test(text)) return undefined;
  const [, quoted = "", bracketed] = /^([^<>]*)<([^<>]*)>$/.exec(text) ?? [];
  const address = parseAddress(bracketed ?? text);
  if (address === undefined) return undefined;
  return { name: quoted.trim().replace(/^"(.*)"$/, "$1"), address };
}
