import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judgeMail, type MailFinding } from "../domain/inbound-mail/judge-mail.ts";
import {
  complaintMail,
  exchangeNotice,
  eximNotice,
  gmailNotice,
  internationalNotice,
  postfixNotice,
  qmailNotice,
  vacationMail,
} from "../domain/inbound-mail/notices.conformance.ts";
import { returnPathOf } from "../domain/return-path.ts";
import { readMail } from "./read-mail.ts";

const messageId = "0197f000-0000-7000-8000-000000000001";
const hash = (environmentId: number, ...parts: string[]): string | undefined =>
  environmentId === 7 ? createHmac("sha256", "key").update(parts.join("\0")).digest("hex").slice(0, 32) : undefined;
const to = returnPathOf("bounces@acme.test", 7, messageId, (...parts) => hash(7, ...parts) ?? "");
const named = { environmentId: 7, messageId };

async function judged(text: string, recipients: readonly string[] = [to]): Promise<MailFinding> {
  const read = await readMail(Buffer.from(text));
  if (read.status === "unreadable") return { result: "unreadable", reason: read.reason };
  return judgeMail({ mail: read.mail, recipients, hash });
}

const told = (kind: string, code: string) => ({ result: "told", named, kind, code });

describe("a delivery report", () => {
  test.each([
    ["Postfix, no such user", postfixNotice({ to }), told("bounced", "5.1.1")],
    [
      "Postfix, delayed",
      postfixNotice({ to }, "delayed", "4.4.1", "X-Postfix; connect: timed out"),
      { result: "no_news" },
    ],
    [
      "Postfix, given up",
      postfixNotice({ to }, "failed", "4.4.1", "X-Postfix; timed out"),
      told("soft_bounced", "4.4.1"),
    ],
    ["Postfix, a policy", postfixNotice({ to }, "failed", "5.7.1", "smtp; 550 5.7.1 blocked"), told("failed", "5.7.1")],
    [
      "Postfix, delivered",
      postfixNotice({ to }, "delivered", "2.0.0", "smtp; 250 2.0.0 OK is fine"),
      told("delivered", ""),
    ],
    [
      "Postfix, relayed",
      postfixNotice({ to }, "relayed (to a gateway)", "2.0.0", "smtp; 250 OK is fine"),
      told("delivered", ""),
    ],
    ["Postfix, expanded", postfixNotice({ to }, "expanded", "2.0.0", "smtp; 250 OK is fine"), { result: "no_news" }],
    ["Exim, by the server's code", eximNotice({ to }), told("bounced", "5.1.1")],
    ["Exim, without one", eximNotice({ to }, "smtp; 550 Mail rejected"), told("failed", "5.0.0")],
    ["Exchange", exchangeNotice({ to }), told("bounced", "5.1.10")],
    ["Exchange, the sender's address", exchangeNotice({ to }, "5.1.8"), told("failed", "5.1.8")],
    ["Gmail, mailbox full", gmailNotice({ to }), told("soft_bounced", "4.2.2")],
    ["Gmail, mailbox full for good", gmailNotice({ to }, "5.2.2"), told("soft_bounced", "5.2.2")],
    ["addresses that are not ASCII", internationalNotice({ to }), told("bounced", "5.1.1")],
    ["qmail", qmailNotice({ to }), told("bounced", "5.1.1")],
    [
      "qmail, given up",
      qmailNotice({ to }, "CNAME lookup failed temporarily. (#4.4.3)\r\nI'm not going to try again."),
      told("soft_bounced", "4.4.3"),
    ],
    [
      "qmail, a reply without a code",
      qmailNotice({ to }, "192.0.2.1 failed after I sent the message.\r\nRemote host said: 452 later"),
      told("soft_bounced", "452"),
    ],
  ])("of %s", async (_name, text, expected) => {
    expect(await judged(text)).toEqual(expected);
  });

  test.each([
    ["counts as the mildest of them", "failed", "4.2.2", told("soft_bounced", "4.2.2")],
    ["says nothing while one of them is still tried", "delayed", "4.2.2", { result: "no_news" }],
    ["counts as delivered where one has it, whatever the others do", "delivered", "2.0.0", told("delivered", "")],
  ])("about several mailboxes %s", async (_, action, status, expected) => {
    const more = ["Status: 5.1.1", "", "Final-Recipient: rfc822; team@example.org", `Action: ${action}`];
    const text = postfixNotice({ to }).replace("Status: 5.1.1", [...more, `Status: ${status}`].join("\r\n"));
    expect(await judged(text)).toEqual(expected);
  });

  test("whose status part has no recipient is unreadable", async () => {
    expect(await judged(postfixNotice({ to }).replace("Action:", "Inaction:"))).toEqual({
      result: "unreadable",
      reason: "delivery_report_malformed",
    });
  });

  test("to an address in whatever case is read", async () => {
    expect(await judged(postfixNotice({ to }), [to.toUpperCase()])).toEqual(told("bounced", "5.1.1"));
  });
});

describe("a mail that is not signed", () => {
  test("changes nothing, whatever return paths stand in it", async () => {
    const text = postfixNotice({ to });
    const altered = to.replace(/\+(.)/, (_, first: string) => `+${first === "a" ? "b" : "a"}`);
    for (const recipient of ["bounces@acme.test", "postmaster@acme.test", altered]) {
      expect(await judged(text, [recipient])).toEqual({ result: "unsigned" });
    }
  });
});

describe("a complaint", () => {
  test("is about the message of the mail that it carries, wherever it came to", async () => {
    expect(await judged(complaintMail("fbl@acme.test", to), ["fbl@acme.test"])).toEqual(told("complained", "abuse"));
    expect(await judged(complaintMail("fbl@acme.test", to, "abuse", false), ["fbl@acme.test"])).toEqual(
      told("complained", "abuse"),
    );
  });

  test("about a mail that is not ours changes nothing, also where it comes to a return path of ours", async () => {
    expect(await judged(complaintMail(to, "bounces+x@acme.test"))).toEqual({ result: "unsigned" });
  });

  test.each(["not-spam", "auth-failure", "virus"])("of the type %s is no news", async (type) => {
    expect(await judged(complaintMail("fbl@acme.test", to, type))).toEqual({ result: "no_news" });
  });
});

describe("a mail to a return path that is no report", () => {
  test.each([
    ["Auto-Submitted: auto-replied", "automatic"],
    ["X-Auto-Response-Suppress: All", "automatic"],
    ["Precedence: auto_reply", "automatic"],
    ["Auto-Submitted: no", "no_report"],
    ["X-Mailer: a person's", "no_report"],
  ])("with %s is %s", async (header, result) => {
    expect(await judged(vacationMail({ to }, [header]))).toEqual({ result });
  });
});

describe("what is broken", () => {
  const samples = [
    postfixNotice({ to }),
    eximNotice({ to }),
    gmailNotice({ to }),
    internationalNotice({ to }),
    qmailNotice({ to }),
    complaintMail(to, to),
    vacationMail({ to }),
  ];

  test("ends in a finding wherever it is cut off, and never in more than the whole said", async () => {
    for (const sample of samples) {
      const whole = await judged(sample);
      const bytes = Buffer.from(sample);
      for (let length = 0; length < bytes.length; length += 7) {
        const finding = await judged(bytes.subarray(0, length).toString());
        if (finding.result === "told" && whole.result === "told") expect(finding.named).toEqual(named);
        expect(["told", "no_news", "automatic", "no_report", "unsigned", "unreadable"]).toContain(finding.result);
      }
    }
  });

  test("ends in a finding whatever bytes stand where", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...samples),
        fc.nat(4000),
        fc.uint8Array({ maxLength: 40 }),
        async (sample, at, noise) => {
          const bytes = Buffer.from(sample);
          const cut = at % bytes.length;
          const read = await readMail(Buffer.concat([bytes.subarray(0, cut), noise, bytes.subarray(cut)]));
          if (read.status === "read") judgeMail({ mail: read.mail, recipients: [to], hash });
          expect(["read", "unreadable"]).toContain(read.status);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("is refused where it has too many parts or too deep ones, in bounded time", async () => {
    const head = 'Content-Type: multipart/mixed; boundary="x"\r\n\r\n';
    expect(await readMail(Buffer.from(head + "--x\r\n\r\ny\r\n".repeat(50_000)))).toEqual({
      status: "unreadable",
      reason: "too_many_parts",
    });
    expect(await readMail(Buffer.from(head + "\n".repeat(300_000)))).toEqual({
      status: "unreadable",
      reason: "too_many_parts",
    });
    let nested = "";
    for (let depth = 0; depth < 50; depth += 1)
      nested += `Content-Type: multipart/mixed; boundary="b${depth}"\r\n\r\n--b${depth}\r\n`;
    expect(await readMail(Buffer.from(nested))).toEqual({ status: "unreadable", reason: "mime_malformed" });
  });
});
