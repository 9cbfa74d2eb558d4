import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { dkimVerify } from "mailauth/lib/dkim/verify.js";
import { describe, expect, it } from "vitest";
import { parseMailbox } from "../address.ts";
import { headerText } from "../mime/header.ts";
import { composeMail, type Mail } from "../mime/mail.ts";
import { readDkimKey } from "./key.ts";
import { type DkimSigner, signatures } from "./sign.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ed25519 = generateKeyPairSync("ed25519");
const pem = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();

function signer(key: KeyObject, selector: string): DkimSigner {
  const read = readDkimKey(pem(key));
  if ("fault" in read) throw new Error(read.fault);
  return { ...read, domain: "acme.test", selector };
}
const signers = [signer(rsa.privateKey, "r1"), signer(ed25519.privateKey, "e1")];

const records: Readonly<Record<string, string>> = {
  "r1._domainkey.acme.test": `v=DKIM1; k=rsa; p=${rsa.publicKey.export({ type: "spki", format: "der" }).toString("base64")}`,
  // RFC 8463 §4: the bare 32 bytes
  "e1._domainkey.acme.test": `v=DKIM1; k=ed25519; p=${ed25519.publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("base64")}`,
};

const mailbox = (text: string) => {
  const parsed = parseMailbox(text);
  if (parsed === undefined) throw new Error(`${text} is no mailbox`);
  return parsed;
};

function mail(text: string, html?: string): Mail {
  return composeMail({
    id: "m1",
    messageId: "<m1@acme.test>",
    date: Date.now(),
    from: mailbox("Zoë of Acme <noreply@acme.test>"),
    to: mailbox("jane@recipient.test"),
    replyTo: undefined,
    subject: "Größe  42,   double  spaced and so long that it has to be folded more than once, which is the point",
    text,
    html,
    attachments: [{ filename: "a.txt", contentType: "text/plain", content: Buffer.alloc(500, "x ") }].slice(
      html === undefined ? 1 : 0,
    ),
    headers: [
      { name: "List-Unsubscribe", value: "<https://acme.test/u>" },
      { name: "List-Unsubscribe-Post", value: "List-Unsubscribe=One-Click" },
    ],
  });
}

async function signed(unsigned: Mail, by = signers): Promise<string> {
  const headers = [...(await signatures(unsigned, by, Date.now())), ...unsigned.headers];
  return `${headers.map(headerText).join("")}\r\n${unsigned.body.map(({ text }) => text).join("")}`;
}

/** What an independent verifier says of each signature. */
async function verified(text: string): Promise<string[]> {
  const { results } = await dkimVerify(Buffer.from(text), {
    resolver: async (name: string) => {
      const record = records[name];
      if (record === undefined) throw Object.assign(new Error("no record"), { code: "ENOTFOUND" });
      return [[record]];
    },
  });
  return results.map(({ selector, status }) => `${selector} ${status.result}`);
}

const passed = ["r1 pass", "e1 pass"];

describe("DKIM signatures", () => {
  it.each([
    ["one line", "hello", undefined],
    ["white space and empty lines at the end", "a  b\t c \n\n x  \n\n\n", undefined],
    ["an empty body", "", undefined],
    ["empty lines alone", "\n\n\n", undefined],
    ["a dot, and what mailboxes escape", ".\n..\nFrom me\n", undefined],
    ["long lines of other scripts", "漢字 ".repeat(500), `<p>${"Grüße  ".repeat(200)}</p>`],
    ["html, text and a file", "hello  there \n", "<p>hello  there</p> \n\n"],
  ])("of both kinds verify on %s", async (_, text, html) => {
    expect(await verified(await signed(mail(text, html)))).toEqual(passed);
  });

  it("are whole lines of at most 78 characters", async () => {
    const [header] = await signatures(mail("x"), signers, Date.now());
    for (const line of `DKIM-Signature: ${header?.value}`.split("\r\n")) expect(line.length).toBeLessThanOrEqual(78);
  });

  it("fall with any change of what they cover, and with a second header of a kind", async () => {
    const text = await signed(mail("pay 10 to jane"));
    const changes: [RegExp | string, string][] = [
      ["pay 10", "pay 99"],
      ["jane@recipient.test", "joan@recipient.test"],
      ["List-Unsubscribe=One-Click", "List-Unsubscribe=Two-Click"],
      ["https://acme.test/u", "https://evil.test/u"],
      [/^From: /m, "From: Eve <eve@evil.test>\r\nFrom: "],
      [/^Subject: /m, "Subject: Win\r\nSubject: "],
      [/^MIME-Version: /m, "Cc: x@y.test\r\nMIME-Version: "],
      [/^Content-Type: /m, "Content-Type: text/html\r\nContent-Type: "],
    ];
    for (const [from, to] of changes) {
      const changed = text.replace(from, to);
      expect(changed).not.toBe(text);
      const results = await verified(changed);
      expect(results, String(from)).toHaveLength(2);
      expect(
        results.filter((result) => result.endsWith("pass")),
        String(from),
      ).toEqual([]);
    }
  });

  it("stand what a relay may do to white space", async () => {
    const text = await signed(mail("one  two \nthree"));
    const relayed = text.replace("one  two ", "one   two").replace(/^To: /m, "To:   ");
    expect(await verified(relayed)).toEqual(passed);
  });
});

describe("DKIM keys", () => {
  it("are RSA of 1024 to 4096 bits or Ed25519; any other is refused by name", () => {
    const fault = (key: KeyObject): string => {
      const read = readDkimKey(pem(key));
      return "fault" in read ? read.fault : "";
    };
    expect(fault(generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey)).toBe("");
    expect(fault(generateKeyPairSync("rsa", { modulusLength: 768 }).privateKey)).toContain("RSA key of 768 bits");
    expect(fault(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey)).toContain("of type ec;");
    expect(fault(generateKeyPairSync("ed448").privateKey)).toContain("of type ed448;");
    expect(fault(generateKeyPairSync("x25519").privateKey)).toContain("of type x25519;");
    expect(readDkimKey("nonsense")).toHaveProperty("fault");
    const locked = rsa.privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "p" });
    expect(readDkimKey(locked.toString())).toHaveProperty("fault");
  });
});
