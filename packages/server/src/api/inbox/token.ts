import { timingSafeEqual } from "node:crypto";
import { type InboxScope, inboxScopes } from "@tidings/contract/inbox-tokens";
import { z } from "zod";

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

interface TokenSigner {
  /** HMAC-SHA256 with a key of the environment for this purpose; throws for an environment that there is not. */
  sign(environmentId: number, purpose: string, text: string): Buffer;
}

const purpose = "inbox token";
const form = /^tit_([\w-]{1,2000})\.([\w-]{43})$/;
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

/** `tit_`, the claims as JSON in base64url, a dot, and their signature in base64url. */
export function writeToken(signer: TokenSigner, token: InboxToken): string {
  const { environmentId, recipient, scopes, expiresAt, generation, id } = token;
  const bits = inboxScopes.map((scope) => (scopes.includes(scope) ? 1 : 0));
  const claims = JSON.stringify([version, environmentId, recipient, bits, expiresAt, generation, id]);
  const payload = Buffer.from(claims).toString("base64url");
  return `tit_${payload}.${signer.sign(environmentId, purpose, payload).toString("base64url")}`;
}

/** Undefined for what is no token of ours, was altered, or has expired. */
export function readToken(signer: TokenSigner, text: string, now: number): InboxToken | undefined {
  const [, payload, signature] = form.exec(text) ?? [];
  if (payload === undefined || signature === undefined) return undefined;
  const claims = claimsOf(payload);
  if (claims === undefined) return undefined;
  const [, environmentId, recipient, bits, expiresAt, generation, id] = claims;
  if (!isSigned(signer, environmentId, payload, signature) || expiresAt <= now) return undefined;
  const scopes = inboxScopes.filter((_, index) => bits[index] === 1);
  return { environmentId, recipient, scopes, expiresAt, generation, id };
}

function claimsOf(payload: string): z.infer<typeof claimsSchema> | undefined {
  try {
    return claimsSchema.safeParse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8"))).data;
  } catch {
    return undefined;
  }
}

function isSigned(signer: TokenSigner, environmentId: number, payload: string, signature: string): boolean {
  let expected: Buffer;
  try {
    expected = signer.sign(environmentId, purpose, payload);
  } catch {
    // Nothing of it has been checked yet, so the environment may be made up.
    return false;
  }
  const given = Buffer.from(signature, "base64url");
  return given.length === expected.length && timingSafeEqual(given, expected);
}
