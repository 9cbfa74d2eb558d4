import { createHmac, timingSafeEqual } from "node:crypto";

/** Standard Webhooks 1.0.0: a key has 24 to 64 bytes. */
const keyBytesMin = 24;
const keyBytesMax = 64;
const secretsMax = 5;
const secretPattern = /^whsec_([A-Za-z0-9+/]+={0,2})$/;

/**
 * The keys in a setting of one or more `whsec_<base64>` secrets parted by spaces (several while a secret is rotated);
 * undefined where one of them is not such a secret.
 */
export function parseSecrets(setting: string): Buffer[] | undefined {
  const keys: Buffer[] = [];
  for (const secret of setting.trim().split(/ +/)) {
    const base64 = secretPattern.exec(secret)?.[1];
    if (base64 === undefined) return undefined;
    const key = Buffer.from(base64, "base64");
    const exact = key.toString("base64").replace(/=+$/, "") === base64.replace(/=+$/, "");
    if (!exact || key.length < keyBytesMin || key.length > keyBytesMax) return undefined;
    keys.push(key);
  }
  return keys.length > secretsMax ? undefined : keys;
}

/** Signatures of one call that are looked at: several while a secret is rotated. */
const signaturesMax = 10;

/**
 * Whether one of the signatures in `signatures` (a `webhook-signature`, or Svix's `svix-signature`) is one of the keys' over
 * these very bytes. Versions other than `v1` are passed over; the time is the caller's to look at.
 */
export function isSigned(
  keys: readonly Buffer[],
  { id, timestamp, signatures }: { id: string; timestamp: string; signatures: string },
  body: Buffer,
): boolean {
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const expected = keys.map((key) => createHmac("sha256", key).update(signed).digest());
  return signatures
    .split(" ", signaturesMax)
    .filter((each) => each.startsWith("v1,"))
    .map((each) => Buffer.from(each.slice("v1,".length), "base64"))
    .some((given) => expected.some((mac) => given.length === mac.length && timingSafeEqual(given, mac)));
}

/** Value of `webhook-signature`: per key `v1,<base64 of HMAC-SHA256(key, id.timestamp.body)>`, parted by spaces. */
export function sign(keys: readonly Buffer[], id: string, timestampSeconds: number, body: string): string {
  const signed = `${id}.${timestampSeconds}.${body}`;
  return keys.map((key) => `v1,${createHmac("sha256", key).update(signed).digest("base64")}`).join(" ");
}
