import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageSchema } from "@tidings/contract/messages";
import { pageOf } from "@tidings/contract/pages";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";
import { dkimKeys } from "../services/dkim-keys.ts";

/** Leaving by one click as mail clients do it (RFC 8058), with a mail that came by SMTP. */

const folder = mkdtempSync(join(tmpdir(), "tidings one click "));
const keys = dkimKeys("shop.test");
const publicUrl = "https://mail.shop.test/n";
const mails: string[] = [];
let smtp: Server;
let server: ServerProcess;
let api: Api;

/** Takes every mail, and keeps its text. */
function takeMails(socket: Socket): void {
  let text = "";
  let inData = false;
  socket.setEncoding("latin1").on("error", () => undefined);
  socket.write("220 here\r\n");
  socket.on("data", (piece: string) => {
    text += piece;
    for (;;) {
      const end = text.indexOf(inData ? "\r\n.\r\n" : "\r\n");
      if (end === -1) return;
      const line = text.slice(0, end);
      text = text.slice(end + (inData ? 5 : 2));
      if (inData) mails.push(`${line}\r\n`);
      inData = !inData && /^DATA/i.test(line);
      socket.write(inData ? "354 go on\r\n" : /^QUIT/i.test(line) ? "221 bye\r\n" : "250 ok\r\n");
    }
  });
}

beforeAll(async () => {
  smtp = createServer(takeMails).listen(0, "127.0.0.1");
  await once(smtp, "listening");
  const address = smtp.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  server = await startServerProcess(join(folder, "data"), { TIDINGS_PUBLIC_URL: publicUrl });
  api = new Api(server.url);
  await api.put("/v1/categories/news", { class: "marketing", name: "News" });
  await api.put("/v1/categories/login", { class: "critical" });
  await api.put("/v1/categories/orders", { class: "transactional" });
  const text = "Leave: {{{unsubscribeUrl}}} Choose: {{{preferencesUrl}}}";
  await api.put("/v1/templates/letter", { email: { subject: "Hello", text } });
  const settings = { host: "127.0.0.1", port, secure: "none", from: { default: "news@shop.test" }, dkim: keys.dkim };
  const mail = { channel: "email", provider: "smtp", secrets: keys.secrets };
  await api.put("/v1/integrations/news", { ...mail, lanes: ["marketing"], settings });
  const others = { ...settings, from: "shop@mail.shop.test" };
  await api.put("/v1/integrations/mail", { ...mail, lanes: ["critical", "transactional"], settings: others });
}, 60_000);
afterAll(async () => {
  await api?.close();
  if (server !== undefined) await stopChild(server);
  smtp?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Sends to Ann, and gives how the message ended and its mail, if one came. */
async function send(category: string, more: object = {}): Promise<{ state: string; mail: string }> {
  const before = mails.length;
  const to = { id: `ann for ${category} ${before}`, email: "ann@inbox.test" };
  const { status, json } = await api.call("POST", "/v1/messages", {
    channel: "email",
    to,
    category,
    template: "letter",
    ...more,
  });
  expect(status, JSON.stringify(json)).toBe(202);
  const ended = async () => {
    const found = await api.call("GET", `/v1/messages?recipient=${encodeURIComponent(to.id)}`);
    const [message] = pageOf(messageSchema).parse(found.json).items;
    return message === undefined || ["queued", "sending"].includes(message.state) ? undefined : message.state;
  };
  const state = await vi.waitUntil(ended, { timeout: 20_000, interval: 50 });
  return { state: state ?? "", mail: mails[before] ?? "" };
}

const unfolded = (mail: string): string => (mail.split("\r\n\r\n")[0] ?? "").replaceAll(/\r\n[ \t]+/g, " ");

test("a mail of marketing is left by its signed header: no further one comes, and critical mail still does", async () => {
  const { state, mail } = await send("news");
  expect(state).toBe("sent");
  const headers = unfolded(mail);
  const url = /^List-Unsubscribe: <(https:\/\/mail\.shop\.test\/n\/u\/[\w.-]+)>$/m.exec(headers)?.[1] ?? "";
  expect(headers).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/m);
  const signed = [...headers.matchAll(/^DKIM-Signature: .*\bh=([^;]+);/gm)].map(([, names = ""]) =>
    names.replaceAll(/\s/g, "").toLowerCase().split(":"),
  );
  expect(signed).toHaveLength(2);
  for (const names of signed)
    expect(names).toEqual(expect.arrayContaining(["list-unsubscribe", "list-unsubscribe-post"]));
  expect(await keys.verify(mail)).toEqual(["rsa1 pass", "ed1 pass"]);
  expect(await keys.verify(mail.replace("/n/u/", "/n/x/"))).not.toContain("rsa1 pass");

  // What stands in front of the server takes the prefix away.
  const here = url.replace(publicUrl, server.url);
  expect((await fetch(here)).status).toBe(200);
  expect((await fetch(here, { method: "HEAD" })).status).toBe(200);
  expect((await send("news")).state).toBe("sent");
  const clicked = await fetch(here, {
    method: "POST",
    body: new URLSearchParams("List-Unsubscribe=One-Click"),
    redirect: "manual",
  });
  expect([clicked.status, clicked.headers.get("set-cookie")]).toEqual([200, null]);
  expect(await send("news")).toEqual({ state: "suppressed", mail: "" });
  const critical = await send("login");
  expect(critical.state).toBe("sent");
  expect(unfolded(critical.mail)).not.toContain("List-Unsubscribe: ");
}, 60_000);

test("a transactional mail has the header where its category asks for it, and templates have both links", async () => {
  const plain = await send("orders");
  expect(unfolded(plain.mail)).not.toContain("List-Unsubscribe: ");
  const body = plain.mail.replaceAll(/=\r\n/g, "").replaceAll(/=3D/g, "=");
  expect(body).toMatch(
    /Leave: https:\/\/mail\.shop\.test\/n\/u\/[\w.-]+ Choose: https:\/\/mail\.shop\.test\/n\/p\/[\w.-]+/,
  );
  await api.put("/v1/categories/orders", { class: "transactional", unsubscribe: true });
  expect(unfolded((await send("orders")).mail)).toContain("List-Unsubscribe: <");
}, 60_000);

test("what the law asks for stands below mail of a class, as policy and tenant say it, within a second of a change", async () => {
  await api.put("/v1/templates/plain", { email: { subject: "Hello", html: "<body><p>Hello.</p></body>" } });
  await api.put("/v1/categories/shop", { class: "marketing" });
  const bodyOf = async (more: object = {}) => {
    const { mail } = await send("shop", { template: "plain", ...more });
    return mail.replaceAll(/=\r\n/g, "").replaceAll(/=3D/g, "=");
  };
  const built = await bodyOf();
  expect(built).toMatch(/Hello\.\r\n\r\nUnsubscribe: https:\/\/mail\.shop\.test\/n\/u\/[\w.-]+/);
  expect(built).toMatch(/<a href="https:\/\/mail\.shop\.test\/n\/u\/[\w.-]+">Unsubscribe<\/a><\/p>\s*<\/body>/);

  const text = { classes: ["marketing"], channels: ["email"], text: "Shop, 1 High Street. {unsubscribe}" };
  await api.put("/v1/policies/environment", { legalTexts: [text] });
  await api.put("/v1/tenants/acme", { legalTexts: [{ ...text, text: "Acme, 2 Low Street." }] });
  await vi.waitUntil(async () => (await bodyOf()).includes("Shop, 1 High Street. Unsubscribe: https:"), 1000);
  const acme = await bodyOf({ tenant: "acme" });
  expect(acme).toMatch(/Acme, 2 Low Street\.\r\n\r\nUnsubscribe: https:/);
  expect(acme).not.toContain("Shop, 1 High Street");
  await api.put("/v1/tenants/acme", { legalTexts: [{ ...text, text: "Acme, 3 New Street." }] });
  await vi.waitUntil(async () => (await bodyOf({ tenant: "acme" })).includes("Acme, 3 New Street."), 1000);
  expect(await bodyOf({ template: undefined, content: { subject: "s", text: "Ready" } })).toMatch(
    /Ready\r\n\r\nShop, 1 High Street\. Unsubscribe: https:/,
  );
}, 60_000);
