import { timingSafeEqual } from "node:crypto";
import { type Channel, channels } from "@tidings/contract/words";
import { z } from "zod";

/*
 * What a link by which a recipient says no is made of. It is in no table: whoever holds the environment's key can check it,
 * and nobody else can make one. It opens nothing but the choices of the one whom the message went to.
 *
 *   <claims as JSON in base64url>.<HMAC-SHA256 in base64url>
 */

export interface OptOutToken {
  environmentId: number;
  recipient: string;
  channel: Channel;
  addressHash: string;
  category: string;
  tenant: string;
  messageId: string;
  /** Of the recipient as they were then; empty where not known. */
  locale: string;
  expiresAt: number;
}

/** As the keyring does it: HMAC with a key of the environment for this purpose; throws where there is no such environment. */
export interface OptOutSigner {
  sign(environmentId: number, purpose: string, text: string): Buffer;
}

const purpose = "opt-out link";
const form = /^([\w-]{1,1500})\.([\w-]{43})$/;
const version = 1;
const claimsSchema = z.tuple([
  z.literal(version),
  z.int(),
  z.string(),
  z.enum(channels),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.int(),
]);

export function writeOptOutToken(signer: OptOutSigner, token: OptOutToken): string {
  const { environmentId, recipient, channel, addressHash, category, tenant, messageId, locale, expiresAt } = token;
  const claims = [
    version,
    environmentId,
    recipient,
    channel,
    addressHash,
    category,
    tenant,
    messageId,
    locale,
    expiresAt,
  ];
  const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
  return `${payload}.${signer.sign(environmentId, purpose, payload).toString("base64url")}`;
}

/** `expired` for one that was ours; undefined for what is none, or was altered. */
export function readOptOutToken(signer: OptOutSigner, text: string, now: number): OptOutToken | "expired" | undefined {
  const [, payload, signature] = form.exec(text) ?? [];
  if (payload === undefined || signature === undefined) return undefined;
  const claims = claimsOf(payload);
  if (claims === undefined) return undefined;
  const [, environmentId, recipient, channel, addressHash, category, tenant, messageId, locale, expiresAt] = claims;
  if (!isSigned(signer, environmentId, payload, signature)) return undefined;
  if (expiresAt <= now) return "expired";
  return { environmentId, recipient, channel, addressHash, category, tenant, messageId, locale, expiresAt };
}

function claimsOf(payload: string): z.infer<typeof claimsSchema> | undefined {
  try {
    return claimsSchema.safeParse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8"))).data;
  } catch {
    return undefined;
  }
}

function isSigned(signer: OptOutSigner, environmentId: number, payload: string, signature: string): boolean {
  let expected: Buffer;
  try {
    expected = signer.sign(environmentId, purpose, payload);
  } catch {
    // Nothing of it has been checked yet, so the environment may be made up.
    return false;
  }
  const given = Buffer.from(signature, "base64url");
  // Base64 has several texts for the same bytes: one alone is ours.
  return (
    given.length === expected.length && timingSafeEqual(given, expected) && given.toString("base64url") === signature
  );
}
