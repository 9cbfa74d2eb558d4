import { z } from "zod";
import { clickTarget } from "./click-target.ts";
import { type ClaimForm, type ClaimSigner, readClaims, signatureLength, writeClaims } from "./signed-claims.ts";

/*
 * What the links and the picture of a tracked mail are made of. They are in no table: where a link leads stands in it, under the
 * signature, so that nobody is led anywhere by a link that we did not make. A purpose of its own each: neither is taken for the other.
 */

/** That a mail was opened. */
export interface OpenToken {
  environmentId: number;
  messageId: string;
  expiresAt: number;
}

/** That a link of it was followed. */
export interface ClickToken extends OpenToken {
  /** As `clickTarget` gives it. */
  target: string;
}

const version = 1;
const openPurpose = "open pixel";
const clickPurpose = "click link";

/** Mail programs and what stands between them and us take URLs of about 2,000 characters. */
const tokenLengthMax = 1900;
/** What is longer does not fit, in base64, and is not signed for nothing. */
const targetLengthMax = 1400;

const openClaims = z.tuple([z.literal(version), z.int(), z.string(), z.int()]);
const clickClaims = z.tuple([z.literal(version), z.int(), z.string(), z.int(), z.string()]);

const openForm: ClaimForm<z.infer<typeof openClaims>> = {
  schema: openClaims,
  environmentOf: ([, environmentId]) => environmentId,
  textMax: 200 + signatureLength,
};
const clickForm: ClaimForm<z.infer<typeof clickClaims>> = {
  schema: clickClaims,
  environmentOf: ([, environmentId]) => environmentId,
  textMax: tokenLengthMax,
};

export function writeOpenToken(signer: ClaimSigner, { environmentId, messageId, expiresAt }: OpenToken): string {
  return writeClaims(signer, environmentId, openPurpose, [version, environmentId, messageId, expiresAt]);
}

/** `expired` for one that was ours; undefined for what is none, or was altered. */
export function readOpenToken(signer: ClaimSigner, text: string, now: number): OpenToken | "expired" | undefined {
  const claims = readClaims(signer, openPurpose, text, openForm);
  if (claims === undefined) return undefined;
  const [, environmentId, messageId, expiresAt] = claims;
  return expiresAt <= now ? "expired" : { environmentId, messageId, expiresAt };
}

/** Undefined for a target that is too long for a link. */
export function writeClickToken(signer: ClaimSigner, token: ClickToken): string | undefined {
  const { environmentId, messageId, target, expiresAt } = token;
  if (target.length > targetLengthMax) return undefined;
  const text = writeClaims(signer, environmentId, clickPurpose, [version, environmentId, messageId, expiresAt, target]);
  return text.length <= tokenLengthMax ? text : undefined;
}

/** The same; also undefined for a target that none of ours has, whoever signed it. */
export function readClickToken(signer: ClaimSigner, text: string, now: number): ClickToken | "expired" | undefined {
  const claims = readClaims(signer, clickPurpose, text, clickForm);
  if (claims === undefined) return undefined;
  const [, environmentId, messageId, expiresAt, target] = claims;
  if (clickTarget(target) !== target) return undefined;
  return expiresAt <= now ? "expired" : { environmentId, messageId, expiresAt, target };
}
