import { createPrivateKey, type KeyObject } from "node:crypto";

/** A private key in PEM (PKCS#8 or the older forms); undefined where it is none, or is locked by a passphrase. */
export function readPrivateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

/** For ECDSA with P-256, which ES256 takes (RFC 7518 §3.4). */
export const isP256 = (key: KeyObject | undefined): key is KeyObject =>
  key?.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1";
