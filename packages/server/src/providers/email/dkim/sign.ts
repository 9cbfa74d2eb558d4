import { hash, sign } from "node:crypto";
import type { Header } from "../mime/header.ts";
import type { Mail } from "../mime/mail.ts";
import { bodyHash, relaxedHeader, relaxedValue } from "./canonical.ts";
import type { DkimKey } from "./key.ts";

/** Who signs: the record `<selector>._domainkey.<domain>` has the public key. */
export interface DkimSigner extends DkimKey {
  domain: string;
  selector: string;
}

/**
 * Headers that are signed, each named once more than the mail has it (RFC 6376 §8.15): nobody can add another From
 * behind the signature's back. RFC 8058 §4 wants those of List-Unsubscribe among them.
 */
const signed = [
  "From",
  "To",
  "Cc",
  "Reply-To",
  "Subject",
  "Date",
  "Message-ID",
  "MIME-Version",
  "Content-Type",
  "Content-Transfer-Encoding",
  "List-Unsubscribe",
  "List-Unsubscribe-Post",
  "Auto-Submitted",
] as const;

/**
 * A DKIM-Signature of each signer (RFC 6376 and, for Ed25519, RFC 8463), relaxed/relaxed, none covering another. `at` is
 * in ms.
 */
export function signatures(mail: Mail, signers: readonly DkimSigner[], at: number): Promise<Header[]> {
  const bh = bodyHash(mail.body);
  const present = signed.map((name) => mail.headers.find((header) => header.name === name));
  const names = signed.flatMap((name, index) => (present[index] === undefined ? [name] : [name, name])).join(":");
  const covered = present.map((header) => (header === undefined ? "" : relaxedHeader(header))).join("");
  return Promise.all(signers.map((signer) => signature(signer, { bh, names, covered, at })));
}

interface Covered {
  bh: string;
  names: string;
  covered: string;
  at: number;
}

async function signature(signer: DkimSigner, { bh, names, covered, at }: Covered): Promise<Header> {
  const tags = [
    `v=1; a=${signer.algorithm}; c=relaxed/relaxed; d=${signer.domain};`,
    `s=${signer.selector}; t=${Math.floor(at / 1000)};`,
    `h=${names.replaceAll(/(.{50,66}?):/g, "$1:\r\n\t ")};`,
    `bh=${bh};`,
    "b=",
  ].join("\r\n\t");
  const text = `${covered}dkim-signature:${relaxedValue(tags)}`;
  const value = (await signText(signer, text)).toString("base64");
  return { name: "DKIM-Signature", value: `${tags}${value.replaceAll(/.{72}(?=.)/g, "$&\r\n\t ")}` };
}

/**
 * On the thread pool: on two cores it signs 1,970 mails/s with RSA-2048 where the main thread alone signs 1,070, and
 * stops nothing else for the 0.9 ms that each takes (docs/decisions/0006).
 */
function signText({ algorithm, key }: DkimSigner, text: string): Promise<Buffer> {
  const bytes = Buffer.from(text, "utf8");
  const [digest, data] =
    algorithm === "rsa-sha256" ? (["sha256", bytes] as const) : ([null, hash("sha256", bytes, "buffer")] as const);
  return new Promise((resolve, reject) => {
    sign(digest, data, key, (error, result) => (error === null ? resolve(result) : reject(error)));
  });
}
