import { timingSafeEqual } from "node:crypto";

/*
 * A return path of its own for each message (VERP), so that a bounce says by its recipient which message it is about,
 * and only we can have made that address: nothing else in a bounce is signed (RFC 3464).
 *
 *   <local part>+<token>@<domain>        token: environment (4 bytes) | message id (16) | HMAC (10), in base32
 *
 * Base32 (RFC 4648 §6) in lower case, as servers may change the case of a local part. 48 characters: with a local part of
 * up to 15 it stays within 64 octets (RFC 5321 §4.5.3.1.1).
 */

const tokenBytes = 30;
const macBytes = 10;
const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
export const returnPathLocalMax = 15;

/** Keyed hash in an environment, as hex digits; undefined where there is no such environment. */
export type EnvironmentHash = (environmentId: number, ...parts: string[]) => string | undefined;

const purpose = "return path";
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** `bounces@example.com` becomes `bounces+<token>@example.com`. `hash` is the environment's own. */
export function returnPathOf(
  address: string,
  environmentId: number,
  messageId: string,
  hash: (...parts: string[]) => string,
): string {
  const token = Buffer.allocUnsafe(tokenBytes);
  token.writeUInt32BE(environmentId, 0);
  token.write(messageId.replaceAll("-", ""), 4, 16, "hex");
  token.write(hash(purpose, messageId), 20, macBytes, "hex");
  const at = address.lastIndexOf("@");
  return `${address.slice(0, at)}+${toBase32(token)}${address.slice(at)}`;
}

/** Reads whom a bounce to this address is about; undefined where we did not make it. */
export function readReturnPath(
  address: string,
  hash: EnvironmentHash,
): { environmentId: number; messageId: string } | undefined {
  const [, text = ""] = /\+([a-z2-7]{48})@[^@]+$/i.exec(address) ?? [];
  if (text === "") return undefined;
  const token = fromBase32(text.toLowerCase());
  const environmentId = token.readUInt32BE(0);
  const digits = token.toString("hex", 4, 20);
  const messageId = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  const expected = uuid.test(messageId) ? hash(environmentId, purpose, messageId) : undefined;
  if (expected === undefined) return undefined;
  const mac = Buffer.from(expected.slice(0, macBytes * 2), "hex");
  return mac.length === macBytes && timingSafeEqual(mac, token.subarray(20)) ? { environmentId, messageId } : undefined;
}

/** Five bytes, which a number holds exactly, are eight characters; 30 bytes divide evenly. */
function toBase32(bytes: Buffer): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 5) {
    let group = bytes.readUIntBE(at, 5);
    let part = "";
    for (let index = 0; index < 8; index += 1) {
      part = (alphabet[group % 32] ?? "") + part;
      group = Math.floor(group / 32);
    }
    text += part;
  }
  return text;
}

function fromBase32(text: string): Buffer {
  const bytes = Buffer.alloc((text.length / 8) * 5);
  for (let at = 0; at < text.length; at += 8) {
    let group = 0;
    for (const character of text.slice(at, at + 8)) group = group * 32 + alphabet.indexOf(character);
    bytes.writeUIntBE(group, (at / 8) * 5, 5);
  }
  return bytes;
}
