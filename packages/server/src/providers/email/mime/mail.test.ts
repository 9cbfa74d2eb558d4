import fc from "fast-check";
import PostalMime, { type Email } from "postal-mime";
import { describe, expect, it } from "vitest";
import { parseMailbox } from "../address.ts";
import { headerText } from "./header.ts";
import { composeMail, type MailParts } from "./mail.ts";

const mailbox = (text: string) => {
  const parsed = parseMailbox(text);
  if (parsed === undefined) throw new Error(`${text} is no mailbox`);
  return parsed;
};

function source(change: Partial<MailParts> = {}): string {
  const mail = composeMail({
    id: "01890000-0000-8000-8000-00000000000a",
    messageId: "<01890000-0000-8000-8000-00000000000a@acme.test>",
    date: Date.UTC(2026, 0, 2, 3, 4, 5),
    from: mailbox("Acme <noreply@acme.test>"),
    to: mailbox("jane@recipient.test"),
    replyTo: undefined,
    subject: undefined,
    text: undefined,
    html: undefined,
    attachments: [],
    headers: [],
    ...change,
  });
  return `${mail.headers.map(headerText).join("")}\r\n${mail.body.map(({ text }) => text).join("")}`;
}

/** A parser of other hands. */
const parsed = (change: Partial<MailParts>): Promise<Email> => PostalMime.parse(source(change));

const lines = (text: string): string => text.replaceAll(/\r\n?|\n/g, "\n").replace(/\n$/, "");
const anyText = fc
  .oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.string({ unit: "grapheme", maxLength: 300 }),
    fc.string({
      unit: fc.constantFrom("a", ".", " ", "\t", "=", "\r", "\n", "From ", "--=_a", "é", "漢", "😀"),
      maxLength: 300,
    }),
  )
  .map((text) => text.replaceAll(/[\0\p{Cs}]/gu, ""));
const anyLine = anyText.map((text) => text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, ""));

/** What a stranger's server makes of the lines is the same as what ours does. */
function expectSafe(text: string): void {
  expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n\0]/);
  expect(text).toMatch(/^[\t\r\n\x20-\x7e]*$/);
  for (const line of text.split("\r\n")) expect(line.length).toBeLessThanOrEqual(998);
}

describe("a mail", () => {
  it("holds text and html as they were given, whatever they hold", async () => {
    await fc.assert(
      fc.asyncProperty(anyText, anyText, async (text, html) => {
        const mail = await parsed({ text, html });
        expect(lines(mail.text ?? "")).toBe(lines(text));
        expect(lines(mail.html ?? "")).toBe(lines(html));
        expectSafe(source({ text, html }));
      }),
      { numRuns: 300 },
    );
  });

  it("carries subjects, names and file names through encoding and folding", async () => {
    await fc.assert(
      fc.asyncProperty(anyLine, anyLine, async (subject, name) => {
        const filename = name.replaceAll(/[/\\]/g, "").slice(0, 200) || "x";
        const display = name
          .replaceAll(/[<>"\\]/g, "")
          .replaceAll(/\s+/gu, " ")
          .trim();
        const change: Partial<MailParts> = {
          subject,
          from: { ...mailbox("noreply@acme.test"), name: display },
          text: "x",
          attachments: [{ filename, contentType: "text/plain", content: Buffer.from("y") }],
        };
        const mail = await parsed(change);
        expect(mail.subject ?? "").toBe(subject);
        expect(mail.from).toMatchObject({ address: "noreply@acme.test", name: display });
        expect(mail.attachments[0]?.filename).toBe(filename);
        expectSafe(source(change));
      }),
      { numRuns: 300 },
    );
  });

  it("carries attachments byte by byte", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), async (bytes) => {
        const content = Buffer.from(bytes);
        const both = [content, content.toString("base64")].map((each) => ({
          filename: "a.bin",
          contentType: "application/octet-stream",
          content: each,
        }));
        const mail = await parsed({ text: "x", attachments: both });
        for (const { content: got } of mail.attachments) {
          expect(got instanceof ArrayBuffer ? Buffer.from(got) : got).toEqual(content);
        }
        expect(mail.attachments).toHaveLength(2);
      }),
      { numRuns: 100 },
    );
  });

  it("nests alternatives, inline images and files, each level only where it is needed", async () => {
    const logo = { filename: "logo.png", contentType: "image/png", content: "iVBORw0KGgo=", contentId: "logo@acme" };
    const file = { filename: "Rechnung März.pdf", contentType: "application/pdf", content: Buffer.from("%PDF") };
    const whole = { text: "hello", html: '<img src="cid:logo@acme">', attachments: [logo, file] };
    const types = [...source(whole).matchAll(/^Content-Type: ([a-z/]+)/gm)].map(([, type]) => type);
    expect(types).toEqual([
      "multipart/mixed",
      "multipart/alternative",
      "text/plain",
      "multipart/related",
      "text/html",
      "image/png",
      "application/pdf",
    ]);
    const mail = await parsed(whole);
    expect(mail.attachments).toMatchObject([
      { filename: "logo.png", disposition: "inline", contentId: "<logo@acme>" },
      { filename: "Rechnung März.pdf", disposition: "attachment", mimeType: "application/pdf" },
    ]);
    expect(source({ text: "hello" })).not.toContain("multipart");
    expect(source({ text: "hello" })).toMatch(/\r\n\r\nhello\r\n$/);
  });

  it("chooses the encoding by the content", () => {
    const encodingOf = (text: string) => /^Content-Transfer-Encoding: (.*)\r$/m.exec(source({ text }))?.[1];
    expect(encodingOf("plain\ntext")).toBe("7bit");
    expect(encodingOf("Grüße aus Graz, wie immer mit besten Wünschen")).toBe("quoted-printable");
    expect(encodingOf("漢字かな交じり文")).toBe("base64");
    expect(encodingOf(`x${"y".repeat(2000)}`)).toBe("quoted-printable");
    expect(encodingOf("one\nFrom here on")).toBe("quoted-printable");
    expect(encodingOf("10 €\t\t\t\tper item")).toBe("quoted-printable");
    expect(encodingOf("--=_a_0189000000008000800000000000000a--")).toBe("quoted-printable");
  });

  it("is no message within a message, as those may not be base64", () => {
    const text = source({
      text: "x",
      attachments: [{ filename: "a.eml", contentType: "message/rfc822", content: "eA==" }],
    });
    expect(text).toContain("Content-Type: application/octet-stream");
  });

  it("lets no part end a header", () => {
    for (const bad of ["x\r\nBcc: y@z.test", "x\ny", "x\ry", "x\0y", "x\u2028y"]) {
      expect(() => source({ text: "x", messageId: `<${bad}>` }), bad).toThrow(/control/);
      const named = source({ text: "z", from: { ...mailbox("a@b.test"), name: bad }, subject: bad });
      expect(named).not.toMatch(/^(Bcc|y)/m);
      expectSafe(named);
    }
  });

  it("says when, from whom and with which id, each time the same", () => {
    const text = source({ subject: "Hi", text: "x", replyTo: mailbox('"Support, Acme" <help@acme.test>') });
    expect(text).toContain("Date: Fri, 02 Jan 2026 03:04:05 +0000\r\n");
    expect(text).toContain('Reply-To: "Support, Acme" <help@acme.test>\r\n');
    expect(text).toContain("Message-ID: <01890000-0000-8000-8000-00000000000a@acme.test>\r\n");
    expect(text).toContain("Auto-Submitted: auto-generated\r\n");
    expect(source({ subject: "Hi", text: "x", replyTo: mailbox('"Support, Acme" <help@acme.test>') })).toBe(text);
  });
});
