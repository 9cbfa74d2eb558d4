import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageSchema } from "@tidings/contract/messages";
import PostalMime from "postal-mime";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { readReturnPath } from "../../packages/server/src/domain/return-path.ts";
import { smtp } from "../../packages/server/src/providers/email/smtp.ts";
import { outbound, testEnvironment } from "../../packages/server/src/providers/testing/environment.ts";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";
import { dkimKeys } from "./dkim-keys.ts";
import { type Postfix, startPostfix, whyNoPostfix } from "./postfix.ts";

const reason = whyNoPostfix();
const ca = readFileSync(
  new URL("../../packages/server/src/providers/testing/localhost-cert.pem", import.meta.url),
  "utf8",
);
const keys = dkimKeys("acme.test");
const idSchema = z.object({ id: z.string() });

// In CI a missing postfix is a failure; elsewhere the suite is skipped, and its name says why.
describe.skipIf(reason !== undefined && process.env["CI"] === undefined)(
  `mail through postfix${reason === undefined ? "" : ` (${reason})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), "tidings-mail-"));
    let postfix: Postfix;
    let server: ServerProcess;
    let api: Api;

    const settings = () => ({
      host: "localhost",
      port: postfix.port,
      secure: "starttls",
      ca,
      from: { default: "Acme <noreply@acme.test>", marketing: "Zoë of Acme <news@acme.test>" },
      returnPath: "bounces@inbox.test",
      dkim: keys.dkim,
      unsubscribeUrl: "https://acme.test/u?r={recipient}",
    });

    beforeAll(async () => {
      postfix = await startPostfix(["jane", "josé", "bounces"]);
      server = await startServerProcess(folder);
      api = new Api(server.url);
      for (const key of ["transactional", "marketing"]) await api.put(`/v1/categories/${key}`, { class: key });
      await api.put("/v1/integrations/smtp", {
        channel: "email",
        provider: "smtp",
        lanes: ["marketing"],
        settings: settings(),
        secrets: keys.secrets,
      });
      await api.put("/v1/integrations/orders", {
        channel: "email",
        provider: "smtp",
        lanes: ["critical", "transactional"],
        settings: { ...settings(), from: "orders@orders.acme.test" },
        secrets: keys.secrets,
      });
    }, 120_000);

    afterAll(async () => {
      await api?.close();
      if (server !== undefined) await stopChild(server);
      postfix?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    async function send(to: string, content: object, category = "marketing"): Promise<string> {
      const body = { channel: "email", to: { id: `user of ${to}`, email: to }, category, content };
      const { status, json } = await api.call("POST", "/v1/messages", body);
      expect(status, JSON.stringify(json)).toBe(202);
      return idSchema.parse(json).id;
    }

    async function sent(id: string): Promise<z.infer<typeof messageSchema>> {
      return vi.waitUntil(
        async () => {
          const { json } = await api.call("GET", `/v1/messages/${id}`);
          const message = messageSchema.parse(json);
          return message.state === "queued" || message.state === "sending" ? undefined : message;
        },
        { timeout: 60_000, interval: 50 },
      );
    }

    test("arrives whole, and both signatures verify", async () => {
      const content = {
        subject: "Größe 42 ist da: ein Betreff, der so lang ist, dass er auf mehrere Zeilen umgebrochen werden muss",
        text: "Hallo  Jane \n.\n..\nFrom here on\n\n\n",
        html: `<p>Hallo&nbsp;Jane</p><img src="cid:logo">${"<p>漢字 Grüße</p>".repeat(100)}`,
        attachments: [
          { filename: "logo.png", contentType: "image/png", content: "iVBORw0KGgo=", contentId: "logo" },
          {
            filename: "Rechnung März.pdf",
            contentType: "application/pdf",
            content: Buffer.alloc(5000, "%PDF ").toString("base64"),
          },
        ],
      };
      const id = await send("jane@inbox.test", content);
      const message = await sent(id);
      expect(message.state).toBe("sent");
      const [mail = ""] = await postfix.received("jane", 1);
      expect(await keys.verify(mail)).toEqual(["rsa1 pass", "ed1 pass"]);
      const parsed = await PostalMime.parse(mail);
      expect(parsed).toMatchObject({
        subject: content.subject,
        from: { name: "Zoë of Acme", address: "news@acme.test" },
        messageId: message.attempts[0]?.providerMessageId,
      });
      expect(parsed.text?.trimEnd()).toBe(content.text.trimEnd());
      expect(parsed.html?.trimEnd()).toBe(content.html);
      expect(parsed.attachments.map(({ filename, disposition }) => [filename, disposition])).toEqual([
        ["logo.png", "inline"],
        ["Rechnung März.pdf", "attachment"],
      ]);
      expect(mail).toContain("List-Unsubscribe: <https://acme.test/u?r=user%20of%20jane%40inbox.test>\r\n");
      expect(mail).toContain("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
      expect(mail).toMatch(/^Return-Path: <bounces\+[a-z2-7]{48}@inbox\.test>\r$/m);
    });

    test("reaches an address that is not ASCII", async () => {
      const id = await send("josé@inbox.test", { subject: "Hi", text: "Grüße" }, "transactional");
      expect((await sent(id)).state).toBe("sent");
      const [mail = ""] = await postfix.received("josé", 1);
      expect(mail).toContain("To: josé@inbox.test\r\n");
      expect(await keys.verify(mail)).toEqual(["rsa1 pass", "ed1 pass"]);
    });

    test("ends failed where postfix takes no such recipient", async () => {
      const message = await sent(await send("nobody@inbox.test", { text: "x" }));
      expect(message).toMatchObject({ state: "failed", attempts: [{ outcome: "rejected", code: "550" }] });
      const again = await sent(await send("nobody@inbox.test", { text: "x" }));
      expect(again.state).toBe("suppressed");
    });

    test("that bounces comes back to an address that names it, and that we made", async () => {
      const environment = testEnvironment();
      const provider = smtp.create(smtp.schema.parse({ ...settings(), ...keys.secrets }), environment);
      const message = outbound("email", "former@inbox.test");
      const context = { callId: "c", timeoutMs: 60_000, signal: AbortSignal.timeout(60_000) };
      expect(await provider.send([message], context)).toMatchObject([{ status: "accepted" }]);
      const [notice = ""] = await postfix.received("bounces", 1);
      await provider.close();
      await environment.close();
      expect(notice).toContain("Content-Type: multipart/report; report-type=delivery-status;");
      expect(notice).toMatch(/^Status: 5\.1\.1\r$/m);
      const [, to = ""] = /^(?:X-Original-To|Delivered-To|To): <?(bounces\+[^>\r]+)>?\r$/m.exec(notice) ?? [];
      const hash = (_: number, ...parts: string[]): string => environment.hash(...parts);
      expect(readReturnPath(to, hash)).toEqual({ environmentId: 1, messageId: message.id });
      expect(readReturnPath(to, () => "0".repeat(32))).toBeUndefined();
    });
  },
);
