import { createPublicKey } from "node:crypto";
import { readDkimKey } from "./key.ts";

/** Octets of an Ed25519 key at the end of its SubjectPublicKeyInfo (RFC 8410 §4), which is all that its record has (RFC 8463 §4). */
const ed25519Bytes = 32;

/** What the TXT record of a private key has to say (RFC 6376 §3.6.1); undefined where it cannot sign. Holds the public part alone. */
export function dkimRecord(pem: string): string | undefined {
  const read = readDkimKey(pem);
  if ("fault" in read) return undefined;
  const der = createPublicKey(read.key).export({ type: "spki", format: "der" });
  return read.algorithm === "rsa-sha256"
    ? `v=DKIM1; k=rsa; p=${der.toString("base64")}`
    : `v=DKIM1; k=ed25519; p=${der.subarray(-ed25519Bytes).toString("base64")}`;
}
