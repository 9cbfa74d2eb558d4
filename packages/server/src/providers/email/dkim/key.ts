import { createPrivateKey, type KeyObject } from "node:crypto";

/** RFC 8301 §3.2: below it a signature must not be made, above it a verifier need not look. */
const rsaBitsMin = 1024;
const rsaBitsMax = 4096;

export interface DkimKey {
  algorithm: "rsa-sha256" | "ed25519-sha256";
  key: KeyObject;
}

/** Reads a private key in PEM (PKCS #8 or #1), or says why it cannot sign. What it says holds nothing of the key. */
export function readDkimKey(pem: string): DkimKey | { fault: string } {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    return { fault: "is not a private key in PEM without a passphrase" };
  }
  const type = key.asymmetricKeyType;
  if (type === "ed25519") return { algorithm: "ed25519-sha256", key };
  if (type !== "rsa") return { fault: `is a key of type ${type ?? "unknown"}; DKIM signs with RSA or Ed25519` };
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < rsaBitsMin) return { fault: `is an RSA key of ${bits} bits; at least ${rsaBitsMin} are needed` };
  if (bits > rsaBitsMax) return { fault: `is an RSA key of ${bits} bits; receivers take at most ${rsaBitsMax}` };
  return { algorithm: "rsa-sha256", key };
}
