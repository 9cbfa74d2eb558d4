import { createHmac, type KeyObject, sign, timingSafeEqual } from "node:crypto";

/**
 * JSON Web Tokens (RFC 7519) in the compact form of RFC 7515, for vendors that want to see one. A key is opened once by who has
 * it; only the named algorithm is used, and none is taken from a token (RFC 8725 §3.1).
 */
type Algorithm = "ES256" | "RS256" | "HS256";

export function signJwt(
  algorithm: Algorithm,
  key: KeyObject,
  claims: Record<string, unknown>,
  header: Record<string, unknown> = {},
): string {
  const input = `${encoded({ alg: algorithm, typ: "JWT", ...header })}.${encoded(claims)}`;
  return `${input}.${signatureOf(algorithm, key, input).toString("base64url")}`;
}

/** The claims of a token that was signed with HS256 and this key; undefined for any other. Times are not looked at. */
export function readHs256(token: string, key: KeyObject): Record<string, unknown> | undefined {
  const [header = "", payload = "", signature = "", ...more] = token.split(".");
  if (more.length > 0 || decoded(header)?.["alg"] !== "HS256") return undefined;
  const expected = signatureOf("HS256", key, `${header}.${payload}`);
  const given = Buffer.from(signature, "base64url");
  return given.length === expected.length && timingSafeEqual(given, expected) ? decoded(payload) : undefined;
}

function signatureOf(algorithm: Algorithm, key: KeyObject, input: string): Buffer {
  if (algorithm === "HS256") return createHmac("sha256", key).update(input).digest();
  // RFC 7518 §3.4: the two numbers side by side, not in DER
  return sign("sha256", Buffer.from(input), algorithm === "ES256" ? { key, dsaEncoding: "ieee-p1363" } : key);
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

function decoded(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
