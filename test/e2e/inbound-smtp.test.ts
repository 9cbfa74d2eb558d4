import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { messageSchema } from "@tidings/contract/messages";
import { createTransport, type Transporter } from "nodemailer";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import {
  complaintMail,
  exchangeNotice,
  gmailNotice,
  postfixNotice,
  vacationMail,
} from "../../packages/server/src/domain/inbound-mail/notices.conformance.ts";
import { dmarcXml } from "../../packages/server/src/inbound-mail/dmarc/dmarc-samples.conformance.ts";
import { SeededRandom } from "../../packages/server/src/lib/seeded-random.ts";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { configureSmtp } from "../harness/configure-smtp.ts";
import { freePort } from "../harness/free-port.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const idSchema = z.object({ id: z.string() });
const stateSchema = messageSchema.pick({ state: true, deliveredAt: true, complainedAt: true });

describe("bounces and complaints by SMTP", () => {
  const folder = mkdtempSync(join(tmpdir(), "tidings-inbound-smtp-"));
  /** Return paths of mails, by recipient. */
  const returnPaths = new Map<string, string>();
  let vendor: SMTPServer;
  let server: ServerProcess;
  let api: Api;
  let client: Transporter;

  beforeAll(async () => {
    vendor = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS"],
      onData: (stream, { envelope }, callback) => {
        stream.resume();
        stream.on("end", () => {
          const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
          returnPaths.set(envelope.rcptTo[0]?.address ?? "", from);
          callback();
        });
      },
    });
    const vendorPort = await freePort();
    await new Promise<void>((resolve) => void vendor.listen(vendorPort, "127.0.0.1", resolve));
    const port = await freePort();
    server = await startServerProcess(folder, { TIDINGS_INBOUND_SMTP_PORT: String(port) });
    api = new Api(server.url);
    client = createTransport({
      host: "127.0.0.1",
      port,
      ignoreTLS: true,
      pool: true,
      maxConnections: 4,
      maxMessages: 1000,
    });
    await configureSmtp(api, {
      port: vendorPort,
      from: "shop@acme.test",
      returnPath: "bounces@acme.test",
      reportAddress: "dmarc@acme.test",
    });
  }, 60_000);

  afterAll(async () => {
    client?.close();
    await api?.close();
    if (server !== undefined) await stopChild(server);
    await new Promise<void>((resolve) => void vendor?.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  /** Sends a mail; gives its message's id and the return path that it had. */
  async function sent(email: string): Promise<{ id: string; to: string }> {
    const body = { channel: "email", to: { id: email, email }, category: "orders", content: { text: "x" } };
    const { id } = idSchema.parse((await api.call("POST", "/v1/messages", body)).json);
    await vi.waitUntil(async () => (await stateOf(id)).state === "sent", { timeout: 15_000 });
    return { id, to: returnPaths.get(email) ?? "" };
  }

  const stateOf = async (id: string) => stateSchema.parse((await api.call("GET", `/v1/messages/${id}`)).json);
  const bring = (to: string, raw: string) => client.sendMail({ envelope: { from: "", to }, raw });

  /** Whether what is sent to the address from now on is held back. */
  async function isSuppressed(email: string): Promise<boolean> {
    const body = { channel: "email", to: { id: email, email }, category: "orders", content: { text: "x" } };
    const { id } = idSchema.parse((await api.call("POST", "/v1/messages", body)).json);
    const end = await vi.waitUntil(
      async () => {
        const { state } = await stateOf(id);
        return state === "sent" || state === "suppressed" ? state : undefined;
      },
      { timeout: 15_000 },
    );
    return end === "suppressed";
  }

  test("each three times and shuffled end as once in order", async () => {
    const seed = Number(process.env["TIDINGS_TEST_SEED"] ?? Date.now() % 2 ** 31);
    const random = new SeededRandom(seed);
    const now = new Date().toUTCString();
    const round = async (name: string, times: number) => {
      const messages = await Promise.all(Array.from({ length: 8 }, (_, index) => sent(`${name}${index}@example.org`)));
      const reports = messages.flatMap(({ to }, index) => {
        const notice = { to, date: now };
        const all = [
          postfixNotice(notice, "delivered", "2.0.0", "smtp; 250 2.0.0 taken by it"),
          gmailNotice(notice),
          exchangeNotice(notice),
          complaintMail(to, to),
          vacationMail(notice),
        ];
        return all.filter((_, kind) => ((index + 1) >> kind) % 2 === 1 || kind === 4).map((raw) => ({ to, raw }));
      });
      const some = Array.from({ length: times }, () => reports).flat();
      if (times > 1) {
        const keyed = some.map((each) => ({ each, key: random.number() }));
        some.splice(0, some.length, ...keyed.sort((a, b) => a.key - b.key).map(({ each }) => each));
      }
      await Promise.all(some.map(({ to, raw }) => bring(to, raw)));
      return Promise.all(
        messages.map(async ({ id }) => {
          const { state, deliveredAt, complainedAt } = await stateOf(id);
          return { state, isDelivered: deliveredAt !== undefined, isComplained: complainedAt !== undefined };
        }),
      );
    };
    const once = await round("once", 1);
    expect(await round("thrice", 3), `seed ${seed}`).toEqual(once);
    expect(new Set(once.map(({ state }) => state))).toEqual(new Set(["delivered", "failed", "bounced", "sent"]));
    const held = (name: string) =>
      Promise.all(Array.from({ length: 8 }, (_, index) => isSuppressed(`${name}${index}@example.org`)));
    const heldOnce = await held("once");
    expect(await held("thrice")).toEqual(heldOnce);
    expect(new Set(heldOnce)).toEqual(new Set([true, false]));
  });

  test("of a forged address are refused, and change nothing", async () => {
    const { id, to } = await sent("forged@example.org");
    const others = [
      to.replace(/\+(.)/, (_, c: string) => `+${c === "a" ? "b" : "a"}`),
      "bounces@acme.test",
      "forged@example.org",
    ];
    for (const other of others) {
      await expect(bring(other, postfixNotice({ to }))).rejects.toMatchObject({ responseCode: 550 });
    }
    expect((await stateOf(id)).state).toBe("sent");
  });

  test("are counted by what they came to", async () => {
    const { to } = await sent("counted@example.org");
    await bring(to, vacationMail({ to }, []));
    const { body } = await fetchText(`${server.url}/metrics`);
    expect(
      body
        .split("\n")
        .filter((text) => text.startsWith("tidings_inbound_mails_total"))
        .join("\n"),
    ).toMatch(/^tidings_inbound_mails_total\{way="smtp",result="no_report"\} 1$/m);
  });

  test("of DMARC are told by day and source, each report once", async () => {
    const begin = Math.floor(Date.now() / 86_400_000) * 86_400;
    const rows = [
      { ip: "192.0.2.1", count: 4, dkim: "pass", spf: "fail" },
      { ip: "192.0.2.2", count: 1, dkim: "fail", spf: "fail" },
    ];
    const packed = (id: string, domain = "acme.test") =>
      [
        "From: r@receiver.example",
        "Subject: Report Domain: acme.test",
        'Content-Type: application/gzip; name="r.xml.gz"',
        "Content-Transfer-Encoding: base64",
        "",
        gzipSync(dmarcXml({ rows, begin, id, domain })).toString("base64"),
        "",
      ].join("\r\n");
    for (const id of ["1", "2", "1", "1"]) await bring("DMARC@acme.test", packed(id));
    await bring("dmarc@acme.test", packed("3", "example.org"));
    await bring("dmarc@acme.test", packed("4").replace("H4sI", "XXXX"));
    const { json } = await api.call("GET", "/v1/dmarc-reports?domain=acme.test");
    const place = {
      day: new Date(begin * 1000).toISOString().slice(0, 10),
      domain: "acme.test",
      disposition: "none",
      spfAligned: false,
    };
    const items = [
      { ...place, sourceIp: "192.0.2.1", dkimAligned: true, messages: 8 },
      { ...place, sourceIp: "192.0.2.2", dkimAligned: false, messages: 2 },
    ];
    expect(json).toEqual({ items });
    const [first, second] = items;
    const page = z.object({ items: z.array(z.unknown()), nextCursor: z.string() });
    const paged = page.parse((await api.call("GET", "/v1/dmarc-reports?limit=1")).json);
    expect(paged.items).toEqual([first]);
    expect((await api.call("GET", `/v1/dmarc-reports?limit=1&cursor=${paged.nextCursor}`)).json).toEqual({
      items: [second],
    });
    const { json: unreadable } = await api.call("GET", "/v1/unreadable-mails");
    expect(unreadable).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ way: "smtp", reason: "dmarc_report_malformed" })]),
    });
  });
});

async function fetchText(url: string): Promise<{ body: string }> {
  const answer = await fetch(url);
  return { body: await answer.text() };
}
