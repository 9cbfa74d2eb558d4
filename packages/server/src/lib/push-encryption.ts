import { createCipheriv, createECDH, createHmac, type ECDH, randomBytes } from "node:crypto";

/** What a browser's subscription says of itself: its public key (65 bytes, uncompressed P-256) and its secret (16 bytes). */
export interface PushKeys {
  publicKey: Buffer;
  secret: Buffer;
}

/** What may go into one message: a push service takes 4096 bytes (RFC 8030 §7.2), of which 103 are not content. */
export const pushContentBytesMax = 3993;

const saltBytes = 16;
const tagBytes = 16;
const recordBytes = 4096;

/**
 * A message as only the subscribed browser can read it: RFC 8291 over the `aes128gcm` coding of RFC 8188, in one record.
 * Throws where the browser's key is no point of the curve. `ephemeral` and `salt` are for test vectors.
 *
 * Our own, as `web-push` (MPL-2.0, which no dependency of ours may have) brings 12 packages along, and does the same by http_ece.
 */
export function encryptPush(
  content: Buffer,
  { publicKey, secret }: PushKeys,
  { ephemeral = newKey(), salt = randomBytes(saltBytes) }: { ephemeral?: ECDH; salt?: Buffer } = {},
): Buffer {
  const own = ephemeral.getPublicKey();
  const shared = ephemeral.computeSecret(publicKey);
  const input = derived(secret, shared, Buffer.concat([webPushInfo, publicKey, own, one]));
  const cipher = createCipheriv(
    "aes-128-gcm",
    derived(salt, input, keyInfo).subarray(0, 16),
    derived(salt, input, nonceInfo).subarray(0, 12),
    { authTagLength: tagBytes },
  );
  const size = Buffer.alloc(5);
  size.writeUInt32BE(recordBytes);
  size.writeUInt8(own.length, 4);
  return Buffer.concat([
    salt,
    size,
    own,
    cipher.update(content),
    cipher.update(lastRecord),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
}

function newKey(): ECDH {
  const key = createECDH("prime256v1");
  key.generateKeys();
  return key;
}

/** HKDF (RFC 5869) for one block; `info` ends in 1. */
const derived = (salt: Buffer, input: Buffer, info: Buffer): Buffer =>
  createHmac("sha256", createHmac("sha256", salt).update(input).digest()).update(info).digest();

const one = Buffer.from([1]);
const lastRecord = Buffer.from([2]);
const webPushInfo = Buffer.from("WebPush: info\0");
const keyInfo = Buffer.from("Content-Encoding: aes128gcm\0\u0001");
const nonceInfo = Buffer.from("Content-Encoding: nonce\0\u0001");
