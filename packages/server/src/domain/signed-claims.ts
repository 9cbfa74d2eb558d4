import { timingSafeEqual } from "node:crypto";
import type { z } from "zod";

/** As the keyring does it. */
export interface ClaimSigner {
  /** HMAC-SHA256 with a key of the environment for this purpose; throws for an environment that there is not. */
  sign(environmentId: number, purpose: string, text: string): Buffer;
}

/*
 * Claims that whoever holds the environment's key can check, and nobody else can make: they stand in no table.
 *
 *   <claims as JSON in base64url>.<HMAC-SHA256 in base64url>
 */

export function writeClaims(signer: ClaimSigner, environmentId: number, purpose: string, claims: unknown): string {
  const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
  return `${payload}.${signer.sign(environmentId, purpose, payload).toString("base64url")}`;
}

/** The claims in a text of at most `textMax` characters; undefined for what is none of ours, or was altered. */
export function readClaims<Claims>(
  signer: ClaimSigner,
  purpose: string,
  text: string,
  { schema, environmentOf, textMax }: ClaimForm<Claims>,
): Claims | undefined {
  const [, payload, signature] = text.length <= textMax ? (form.exec(text) ?? []) : [];
  if (payload === undefined || signature === undefined) return undefined;
  const claims = parsed(schema, payload);
  if (claims === undefined || !isSigned(signer, environmentOf(claims), purpose, payload, signature)) return undefined;
  return claims;
}

export interface ClaimForm<Claims> {
  schema: z.ZodType<Claims>;
  environmentOf(claims: Claims): number;
  textMax: number;
}

/** 32 bytes are 43 characters of base64url. */
const form = /^([\w-]+)\.([\w-]{43})$/;
export const signatureLength = 44;

function parsed<Claims>(schema: z.ZodType<Claims>, payload: string): Claims | undefined {
  try {
    return schema.safeParse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8"))).data;
  } catch {
    return undefined;
  }
}

function isSigned(
  signer: ClaimSigner,
  environmentId: number,
  purpose: string,
  payload: string,
  signature: string,
): boolean {
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
