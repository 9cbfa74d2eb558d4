import { generateKeyPairSync } from "node:crypto";
import { dkimVerify } from "mailauth/lib/dkim/verify.js";

export interface DkimKeys {
  dkim: { domain: string; selector: string }[];
  secrets: { dkimPrivateKey: string; dkimPrivateKey2: string };
  /** What an independent verifier (mailauth) says of each signature: `selector result`. */
  verify(mail: string): Promise<string[]>;
}

/** A key of each kind for a domain, with the records that DNS would have. */
export function dkimKeys(domain: string): DkimKeys {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const ed25519 = generateKeyPairSync("ed25519");
  const pem = { type: "pkcs8", format: "pem" } as const;
  const der = { type: "spki", format: "der" } as const;
  const records: Readonly<Record<string, string>> = {
    [`rsa1._domainkey.${domain}`]: `v=DKIM1; k=rsa; p=${rsa.publicKey.export(der).toString("base64")}`,
    // RFC 8463 §4: the bare 32 bytes
    [`ed1._domainkey.${domain}`]: `v=DKIM1; k=ed25519; p=${ed25519.publicKey.export(der).subarray(-32).toString("base64")}`,
  };
  return {
    dkim: ["rsa1", "ed1"].map((selector) => ({ domain, selector })),
    secrets: {
      dkimPrivateKey: rsa.privateKey.export(pem).toString(),
      dkimPrivateKey2: ed25519.privateKey.export(pem).toString(),
    },
    verify: async (mail) => {
      const { results } = await dkimVerify(Buffer.from(mail), {
        resolver: async (name: string) => {
          const record = records[name];
          if (record === undefined) throw Object.assign(new Error("no record"), { code: "ENOTFOUND" });
          return [[record]];
        },
      });
      return results.map(({ selector, status }) => `${selector} ${status.result}`);
    },
  };
}
