import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto";
import type { HmacKey } from "./hmac-key.ts";

/*
 * A sealed field is base64 of: version (1 byte, 1) | key id (8 bytes) | nonce (12) | ciphertext | tag (16), AES-256-GCM
 * (NIST SP 800-38D). The key id stands in front so that a field says by itself which key opens it. The context, such as
 * `event.payload`, is authenticated too: a field that was moved to another place does not open.
 */
const version = 1;
const headLength = 9;
const nonceLength = 12;
const tagLength = 16;

export interface DataKey {
  /** 16 hex digits. */
  id: string;
  /** 32 bytes; a KeyObject spares setting the key up for every field. */
  key: Buffer | KeyObject;
}

/** Why a sealed field did not open. It carries nothing of the content. */
export class SealError extends Error {
  override name = "SealError";
}

/** Seals `text`; `nonce` is 12 fresh random bytes, never used twice with one key. */
export function seal(dataKey: DataKey, nonce: Buffer, context: string, text: string): string {
  const cipher = createCipheriv("aes-256-gcm", dataKey.key, nonce);
  cipher.setAAD(contextBytes(context));
  const body = cipher.update(text, "utf8");
  cipher.final();
  const sealed = Buffer.allocUnsafe(headLength + nonceLength + body.length + tagLength);
  sealed[0] = version;
  sealed.write(dataKey.id, 1, 8, "hex");
  nonce.copy(sealed, headLength);
  body.copy(sealed, headLength + nonceLength);
  cipher.getAuthTag().copy(sealed, headLength + nonceLength + body.length);
  return sealed.toString("base64");
}

/** Contexts are few and fixed. */
const contexts = new Map<string, Buffer>();

function contextBytes(context: string): Buffer {
  const known = contexts.get(context);
  if (known !== undefined) return known;
  const bytes = Buffer.from(context);
  contexts.set(context, bytes);
  return bytes;
}

/** Opens what `seal` made. Throws a SealError where key, context or content do not fit. */
export function unseal(dataKey: DataKey, context: string, sealed: string): string {
  const bytes = Buffer.from(sealed, "base64");
  if (bytes.length < headLength + nonceLength + tagLength || bytes[0] !== version)
    throw new SealError("not a sealed field");
  if (bytes.toString("hex", 1, headLength) !== dataKey.id) throw new SealError("sealed with another key");
  const nonce = bytes.subarray(headLength, headLength + nonceLength);
  const decipher = createDecipheriv("aes-256-gcm", dataKey.key, nonce);
  decipher.setAAD(contextBytes(context));
  decipher.setAuthTag(bytes.subarray(bytes.length - tagLength));
  const text = decipher.update(bytes.subarray(headLength + nonceLength, bytes.length - tagLength));
  try {
    decipher.final();
  } catch {
    throw new SealError("altered, or sealed for another place");
  }
  return text.toString("utf8");
}

/** HMAC-SHA256 as 32 hex digits (128 bits): enough to find an address, useless without the key. */
export function keyedHash(key: HmacKey, ...parts: string[]): string {
  let text = "";
  for (const part of parts) text += `${part.length}:${part}`;
  return key.hex(text).slice(0, 32);
}
