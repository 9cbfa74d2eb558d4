import { type InboxScope, inboxScopes } from "@tidings/contract/inbox-tokens";
import { z } from "zod";
import {
  type ClaimForm,
  type ClaimSigner,
  readClaims,
  signatureLength,
  writeClaims,
} from "../../domain/signed-claims.ts";

/** What a recipient's token says. It is in no table: whoever holds the environment's key can check it. */
export interface InboxToken {
  environmentId: number;
  recipient: string;
  scopes: readonly InboxScope[];
  expiresAt: number;
  /** Of the inbox when the token was made; the store compares it. */
  generation: number;
  id: string;
}

const purpose = "inbox token";
const prefix = "tit_";
const version = 1;
const claimsSchema = z.tuple([
  z.literal(version),
  z.int(),
  z.string(),
  z.array(z.int().min(0).max(1)),
  z.int(),
  z.int(),
  z.string(),
]);

const form: ClaimForm<z.infer<typeof claimsSchema>> = {
  schema: claimsSchema,
  environmentOf: ([, environmentId]) => environmentId,
  textMax: 2000 + signatureLength,
};

/** `tit_`, the claims as JSON in base64url, a dot, and their signature in base64url. */
export function writeToken(signer: ClaimSigner, token: InboxToken): string {
  const { environmentId, recipient, scopes, expiresAt, generation, id } = token;
  const bits = inboxScopes.map((scope) => (scopes.includes(scope) ? 1 : 0));
  const claims = [version, environmentId, recipient, bits, expiresAt, generation, id];
  return `${prefix}${writeClaims(signer, environmentId, purpose, claims)}`;
}

/** Undefined for what is no token of ours, was altered, or has expired. */
export function readToken(signer: ClaimSigner, text: string, now: number): InboxToken | undefined {
  const claims = text.startsWith(prefix) ? readClaims(signer, purpose, text.slice(prefix.length), form) : undefined;
  if (claims === undefined) return undefined;
  const [, environmentId, recipient, bits, expiresAt, generation, id] = claims;
  if (expiresAt <= now) return undefined;
  const scopes = inboxScopes.filter((_, index) => bits[index] === 1);
  return { environmentId, recipient, scopes, expiresAt, generation, id };
}
