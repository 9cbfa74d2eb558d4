import { type Channel, channels } from "@tidings/contract/words";
import { z } from "zod";
import { type ClaimForm, type ClaimSigner, readClaims, signatureLength, writeClaims } from "./signed-claims.ts";

/*
 * What a link by which a recipient confirms a consent is made of (double opt-in). It is in no table, and says nothing about
 * whether something waits to be confirmed: that is asked when it is followed.
 */

export interface ConsentToken {
  environmentId: number;
  recipient: string;
  purpose: string;
  /** Null for all channels. */
  channel: Channel | null;
  /** That the link was sent to, by its hash; empty where the application sends it itself. */
  addressHash: string;
  /** Whose brand the page has; empty for none. */
  tenant: string;
  /** Of the recipient as they were then; empty where not known. */
  locale: string;
  expiresAt: number;
}

const purposeOfKey = "consent link";
const version = 1;
const claimsSchema = z.tuple([
  z.literal(version),
  z.int(),
  z.string(),
  z.string(),
  z.enum(channels).nullable(),
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

export function writeConsentToken(signer: ClaimSigner, token: ConsentToken): string {
  const { environmentId, recipient, purpose, channel, addressHash, tenant, locale, expiresAt } = token;
  const claims = [version, environmentId, recipient, purpose, channel, addressHash, tenant, locale, expiresAt];
  return writeClaims(signer, environmentId, purposeOfKey, claims);
}

/** `expired` for one that was ours; undefined for what is none, or was altered. */
export function readConsentToken(signer: ClaimSigner, text: string, now: number): ConsentToken | "expired" | undefined {
  const claims = readClaims(signer, purposeOfKey, text, form);
  if (claims === undefined) return undefined;
  const [, environmentId, recipient, purpose, channel, addressHash, tenant, locale, expiresAt] = claims;
  if (expiresAt <= now) return "expired";
  return { environmentId, recipient, purpose, channel, addressHash, tenant, locale, expiresAt };
}
