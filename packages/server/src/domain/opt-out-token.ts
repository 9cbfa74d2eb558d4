import { type Channel, channels } from "@tidings/contract/words";
import { z } from "zod";
import { type ClaimForm, type ClaimSigner, readClaims, signatureLength, writeClaims } from "./signed-claims.ts";

/*
 * What a link by which a recipient says no is made of. It is in no table: whoever holds the environment's key can check it,
 * and nobody else can make one. It opens nothing but the choices of the one whom the message went to.
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

const purpose = "opt-out link";
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

const form: ClaimForm<z.infer<typeof claimsSchema>> = {
  schema: claimsSchema,
  environmentOf: ([, environmentId]) => environmentId,
  textMax: 1500 + signatureLength,
};

export function writeOptOutToken(signer: ClaimSigner, token: OptOutToken): string {
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
  return writeClaims(signer, environmentId, purpose, claims);
}

/** `expired` for one that was ours; undefined for what is none, or was altered. */
export function readOptOutToken(signer: ClaimSigner, text: string, now: number): OptOutToken | "expired" | undefined {
  const claims = readClaims(signer, purpose, text, form);
  if (claims === undefined) return undefined;
  const [, environmentId, recipient, channel, addressHash, category, tenant, messageId, locale, expiresAt] = claims;
  if (expiresAt <= now) return "expired";
  return { environmentId, recipient, channel, addressHash, category, tenant, messageId, locale, expiresAt };
}
