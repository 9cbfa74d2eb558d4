import { generateKeyPairSync } from "node:crypto";
import { expect, it } from "vitest";
import { readReturnPath } from "../../domain/return-path.ts";
import type { OutboundMessage } from "../../ports/provider.ts";
import { outbound, testEnvironment } from "../testing/environment.ts";
import { composeEnvelope, createComposer } from "./compose.ts";
import { smtpSchema } from "./smtp-settings.ts";

const environment = testEnvironment();
const pemOf = (type: "rsa" | "ed25519"): string => {
  const { privateKey } =
    type === "rsa" ? generateKeyPairSync("rsa", { modulusLength: 1024 }) : generateKeyPairSync("ed25519");
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
};

async function composed(message: OutboundMessage, settings: object = {}) {
  const parsed = smtpSchema.parse({ host: "mx.test", from: "Acme <noreply@acme.test>", ...settings });
  const result = await composeEnvelope(createComposer(parsed, environment), message);
  if ("status" in result) throw new Error(JSON.stringify(result));
  return result;
}

async function refusal(change: Partial<OutboundMessage>, settings: object = {}) {
  const parsed = smtpSchema.parse({ host: "mx.test", from: "Acme <noreply@acme.test>", ...settings });
  return composeEnvelope(createComposer(parsed, environment), outbound("email", "a@b.test", change));
}

it("is from whom the settings name for the lane, and from the default elsewhere", async () => {
  const from = { default: "Acme <a@acme.test>", critical: "Acme Alerts <alerts@acme.test>" };
  const fromOf = async (lane: OutboundMessage["lane"]) =>
    /^From: (.*)\r$/m.exec((await composed(outbound("email", "a@b.test", { lane }), { from })).envelope.text)?.[1];
  expect(await fromOf("critical")).toBe("Acme Alerts <alerts@acme.test>");
  expect(await fromOf("transactional")).toBe("Acme <a@acme.test>");
  expect(await fromOf("marketing")).toBe("Acme <a@acme.test>");
});

it("has bounces come to an address that tells of the message and was made by us", async () => {
  const message = outbound("email", "a@b.test");
  const { envelope } = await composed(message, { returnPath: "bounces@bücher.example" });
  expect(envelope.from).toMatch(/^bounces\+[a-z2-7]{48}@xn--bcher-kva\.example$/);
  const hash = (environmentId: number, ...parts: string[]) =>
    environmentId === environment.environmentId ? environment.hash(...parts) : undefined;
  expect(readReturnPath(envelope.from, hash)).toEqual({ environmentId: 1, messageId: message.id });
  expect((await composed(message)).envelope.from).toBe("noreply@acme.test");
});

it("is the same mail for every attempt, but for its date", async () => {
  const message = outbound("email", "a@b.test");
  const first = await composed(message);
  const second = await composed({ ...message, attempt: 2 });
  expect(first.messageId).toBe(`<${message.id}@acme.test>`);
  const undated = ({ envelope }: typeof first) => envelope.text.replace(/^Date: .*$/m, "");
  expect(undated(second)).toBe(undated(first));
});

it("carries a signature per key, in front of everything", async () => {
  const dkim = [
    { domain: "acme.test", selector: "r" },
    { domain: "acme.test", selector: "e" },
  ];
  const secrets = { dkimPrivateKey: pemOf("rsa"), dkimPrivateKey2: pemOf("ed25519") };
  const { envelope } = await composed(outbound("email", "a@b.test"), { dkim, ...secrets });
  expect(envelope.text).toMatch(/^DKIM-Signature: v=1; a=rsa-sha256;/);
  expect(envelope.text.match(/^DKIM-Signature: v=1; a=ed25519-sha256;/gm)).toHaveLength(1);
});

it("puts List-Unsubscribe on marketing mail", async () => {
  const settings = { unsubscribeUrl: "https://acme.test/u/{recipient}" };
  const marketing = await composed(outbound("email", "a@b.test", { lane: "marketing" }), settings);
  expect(marketing.envelope.text).toContain("List-Unsubscribe: <https://acme.test/u/user-1>\r\n");
  expect((await composed(outbound("email", "a@b.test"), settings)).envelope.text).not.toContain("List-Unsubscribe");
});

it("tells where only a server with SMTPUTF8 will do", async () => {
  const needs = async (to: string, settings = {}) => (await composed(outbound("email", to), settings)).envelope;
  expect(await needs("jane@bücher.example")).toMatchObject({ to: "jane@xn--bcher-kva.example", needsSmtpUtf8: false });
  expect(await needs("用户@例子.广告")).toMatchObject({ to: "用户@例子.广告", needsSmtpUtf8: true });
  expect(await needs("a@b.test", { from: "é <é@acme.test>" })).toMatchObject({ needsSmtpUtf8: true });
});

it("refuses what cannot be a mail, telling nothing of what it holds", async () => {
  const attachment = (change: object) => ({
    content: { text: "x", attachments: [{ filename: "a", contentType: "text/plain", content: "eA==", ...change }] },
  });
  const bad: Partial<OutboundMessage>[] = [
    { content: {} },
    { content: { subject: "x\r\nBcc: y@z.test", text: "x" } },
    { content: { text: "x\0" } },
    attachment({ filename: "a\r\nX: secret" }),
    attachment({ filename: "../secret" }),
    attachment({ filename: "" }),
    attachment({ contentType: "text/plain\r\nX: secret" }),
    attachment({ contentType: "secret" }),
    attachment({ contentId: "a>\r\nX: secret" }),
    { id: "a\r\nX: secret" },
  ];
  for (const change of bad) {
    const outcome = await refusal(change);
    expect(outcome, JSON.stringify(change)).toMatchObject({ kind: "permanent", code: "content_invalid" });
    expect(JSON.stringify(outcome)).not.toContain("secret");
  }
  const url = { unsubscribeUrl: "https://acme.test/{recipient}" };
  expect(await refusal({ lane: "marketing", recipient: "é".repeat(200) }, url)).toMatchObject({ kind: "permanent" });
});
