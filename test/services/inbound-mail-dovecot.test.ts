import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageSchema } from "@tidings/contract/messages";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { postfixNotice } from "../../packages/server/src/domain/inbound-mail/notices.conformance.ts";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { configureSmtp } from "../harness/configure-smtp.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";
import { type Dovecot, startDovecot, whyNoDovecot } from "./dovecot.ts";
import { type Postfix, startPostfix, whyNoPostfix } from "./postfix.ts";

const reason = whyNoPostfix() ?? whyNoDovecot();
const idSchema = z.object({ id: z.string() });
const nobody = 65_534;
const ca = readFileSync(
  new URL("../../packages/server/src/providers/testing/localhost-cert.pem", import.meta.url),
  "utf8",
);

// In CI a missing server is a failure; elsewhere the suite is skipped, and its name says why.
describe.skipIf(reason !== undefined && process.env["CI"] === undefined)(
  `bounces in a mailbox of Dovecot${reason === undefined ? "" : ` (${reason})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), "tidings-inbound-imap-"));
    let postfix: Postfix;
    let dovecot: Dovecot;
    let server: ServerProcess;
    let api: Api;
    let written = 0;

    beforeAll(async () => {
      postfix = await startPostfix(["jane", "joe", "bounces"]);
      dovecot = await startDovecot(postfix.maildir("bounces"), "secret");
      server = await startServerProcess(folder, {
        TIDINGS_INBOUND_MAILBOX_PAUSE_MS: "100",
        TIDINGS_INBOUND_MAIL_BYTES_MAX: "70000",
      });
      api = new Api(server.url);
      await configureSmtp(
        api,
        {
          port: postfix.port,
          returnPath: "bounces@inbox.test",
          returnMailbox: { host: "localhost", port: dovecot.port, ca, username: "bounces" },
        },
        { mailboxPassword: "secret" },
      );
    }, 120_000);

    afterAll(async () => {
      await api?.close();
      if (server !== undefined) await stopChild(server);
      await dovecot?.close();
      postfix?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    async function send(to: string): Promise<string> {
      const body = { channel: "email", to: { id: to, email: to }, category: "orders", content: { text: "x" } };
      const { status, json } = await api.call("POST", "/v1/messages", body);
      expect(status, JSON.stringify(json)).toBe(202);
      return idSchema.parse(json).id;
    }

    async function until(id: string, states: readonly string[]): Promise<string> {
      return vi.waitUntil(
        async () => {
          const { state } = messageSchema.parse((await api.call("GET", `/v1/messages/${id}`)).json);
          return states.includes(state) ? state : undefined;
        },
        { timeout: 60_000, interval: 100 },
      );
    }

    /** Texts of the mails in a folder of the mailbox. */
    function mailsIn(name: string): string[] {
      const root = join(postfix.maildir("bounces"), name);
      const folders = ["new", "cur"].map((part) => join(root, part)).filter((path) => existsSync(path));
      return folders.flatMap((path) => readdirSync(path).map((file) => readFileSync(join(path, file), "utf8")));
    }

    /** As a server puts a mail there: whole at once. */
    function put(text: string): void {
      const root = postfix.maildir("bounces");
      written += 1;
      const name = `${Date.now()}.t${written}.test`;
      writeFileSync(join(root, "tmp", name), text);
      chownSync(join(root, "tmp", name), nobody, nobody);
      renameSync(join(root, "tmp", name), join(root, "new", name));
    }

    const processed = () => mailsIn(".Tidings-processed");
    const unreadable = () => mailsIn(".Tidings-unreadable");

    async function returnPathOf(id: string, mailbox: string): Promise<string> {
      const mails = await vi.waitUntil(
        () =>
          postfix
            .mails(mailbox)
            .filter((mail) => mail.includes(id))
            .at(0),
        { timeout: 30_000 },
      );
      return /^Return-Path: <([^>]+)>/m.exec(mails)?.[1] ?? "";
    }

    test("end the message as bounced and its address as suppressed, and are moved away", async () => {
      const before = processed().length;
      expect(await until(await send("former@inbox.test"), ["bounced"])).toBe("bounced");
      expect(await until(await send("former@inbox.test"), ["suppressed", "sent"])).toBe("suppressed");
      await vi.waitUntil(() => processed().length === before + 1, { timeout: 20_000 });
    });

    test("say once what they say three times, and nothing where they are not signed", async () => {
      const id = await send("jane@inbox.test");
      await until(id, ["sent"]);
      const to = await returnPathOf(id, "jane");
      const before = processed().length;
      put(postfixNotice({ to: "bounces@inbox.test" }));
      put(postfixNotice({ to: to.replace(/\+(.)/, (_, c: string) => `+${c === "a" ? "b" : "a"}`) }));
      await vi.waitUntil(() => processed().length === before + 2, { timeout: 20_000 });
      expect(await until(id, ["sent", "bounced"])).toBe("sent");
      const notice = { to, date: new Date().toUTCString() };
      for (let times = 0; times < 3; times += 1)
        put(postfixNotice(notice, "failed", "4.2.2", "smtp; 452 4.2.2 is full"));
      await vi.waitUntil(() => processed().length === before + 5, { timeout: 20_000 });
      expect(await until(id, ["failed", "bounced"])).toBe("failed");
      expect(await until(await send("jane@inbox.test"), ["sent", "suppressed"])).toBe("sent");
    });

    test("that cannot be read, or are too large, are put aside and hold nothing up", async () => {
      const id = await send("joe@inbox.test");
      await until(id, ["sent"]);
      const to = await returnPathOf(id, "joe");
      const before = unreadable().length;
      put(`To: ${to}\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n--x--\r\n`);
      put(`To: ${to}\r\n\r\n${"x".repeat(80_000)}\r\n`);
      put(postfixNotice({ to }));
      expect(await until(id, ["bounced"])).toBe("bounced");
      await vi.waitUntil(() => unreadable().length === before + 2, { timeout: 20_000 });
    });

    test("are read once the server is there again", async () => {
      const id = await send("again@inbox.test");
      await until(id, ["failed", "sent"]);
      await dovecot.stop();
      const before = processed().length;
      put(postfixNotice({ to: "bounces@inbox.test" }));
      await dovecot.start();
      await vi.waitUntil(() => processed().length === before + 1, { timeout: 30_000 });
      // a server copies first, and takes away behind it
      expect(await vi.waitUntil(() => mailsIn("").length === 0, { timeout: 10_000 })).toBe(true);
    });
  },
);
