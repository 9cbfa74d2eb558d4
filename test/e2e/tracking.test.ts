import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { campaignSchema } from "@tidings/contract/campaigns";
import { messageSchema } from "@tidings/contract/messages";
import { pageOf } from "@tidings/contract/pages";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";

/** A mail that came by SMTP is opened and its links are followed, as mail programs and browsers do it. */

const folder = mkdtempSync(join(tmpdir(), "tidings tracking "));
const publicUrl = "https://mail.shop.test/n";
const browser = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" };
const mails = new Map<string, Email>();
let smtp: SMTPServer;
let server: ServerProcess;
let api: Api;

const html = `<html><head><title>t</title></head><body>
<p><a href='https://shop.test/basket?a=1&amp;b=2'>Basket</a> <A HREF=https://shop.test/other>Other</A></p>
<p><a href="https://shop.test/plain" data-no-track>Plain</a> <a href="mailto:a@shop.test">Write</a></p>
</body></html>`;

beforeAll(async () => {
  smtp = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    disabledCommands: ["STARTTLS"],
    onData: (stream, session, done) => {
      const pieces: Buffer[] = [];
      stream.on("data", (piece: Buffer) => pieces.push(piece));
      stream.on("end", () => {
        PostalMime.parse(Buffer.concat(pieces)).then((mail) => {
          for (const { address } of session.envelope.rcptTo) mails.set(address, mail);
          done();
        }, done);
      });
    },
  });
  await once(smtp.listen(0, "127.0.0.1"), "listening");
  const { port } = z.object({ port: z.int() }).parse(smtp.server.address());
  server = await startServerProcess(join(folder, "data"), { TIDINGS_PUBLIC_URL: publicUrl });
  api = new Api(server.url);
  await api.put("/v1/policies/environment", { tracking: { opens: true } });
  await api.put("/v1/categories/news", { class: "marketing", tracking: { clicks: true } });
  await api.put("/v1/categories/quiet", { class: "marketing", tracking: { opens: false } });
  await api.put("/v1/categories/login", { class: "critical" });
  await api.put("/v1/templates/letter", { email: { subject: "Hello", html } });
  for (const category of ["news", "quiet", "login"]) {
    const steps = [{ id: "mail", type: "channel", channel: "email", template: "letter" }];
    await api.put(`/v1/workflows/${category}`, { event: `${category}.due`, category, steps });
  }
  const settings = { host: "127.0.0.1", port, secure: "none" };
  const mail = { channel: "email", provider: "smtp" };
  const news = { ...settings, from: "news@news.shop.test" };
  await api.put("/v1/integrations/news", { ...mail, lanes: ["marketing"], settings: news });
  const login = { ...settings, from: "login@shop.test" };
  await api.put("/v1/integrations/login", { ...mail, lanes: ["critical", "transactional"], settings: login });
}, 60_000);
afterAll(async () => {
  await api?.close();
  if (server !== undefined) await stopChild(server);
  smtp?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Sends to one person, as a campaign, which counts. */
async function send(category: string) {
  const id = `ann-${category}`;
  const email = `${id}@inbox.test`;
  const body = { name: category, event: `${category}.due`, recipients: [{ id, email }] };
  const { status, json } = await api.call("POST", "/v1/campaigns", body);
  expect(status, JSON.stringify(json)).toBeLessThan(300);
  const campaign = z.object({ id: z.string() }).parse(json).id;
  const mail = await vi.waitUntil(() => mails.get(email), patience);
  return { campaign, html: mail.html ?? "", text: mail.text ?? "", message: () => messageOf(id) };
}

async function messageOf(recipient: string) {
  const { json } = await api.call("GET", `/v1/messages?recipient=${recipient}`);
  const [message] = pageOf(messageSchema).parse(json).items;
  return message;
}

/** As long as a busy machine may take. */
const patience = { timeout: 20_000, interval: 20 };

const progressOf = async (campaign: string) => {
  const { json } = await api.call("GET", `/v1/campaigns/${campaign}`);
  return campaignSchema.parse(json).progress;
};

/** What stands in front of the server takes the prefix away. */
const here = (url: string): string => url.replace(publicUrl, server.url);
const urlsOf = (text: string, kind: "c" | "o"): string[] =>
  [...text.matchAll(new RegExp(`"(${publicUrl}/${kind}/[\\w.-]+)"`, "g"))].map(([, url = ""]) => url);
const follow = (url: string, headers: Record<string, string> = browser) =>
  fetch(here(url), { redirect: "manual", headers });

test("opening a mail and following its link moves the message's times and the statistics, once; programs move nothing", async () => {
  const { campaign, html: got, text, message } = await send("news");
  const links = urlsOf(got, "c");
  const [picture = ""] = urlsOf(got, "o");
  expect(links).toHaveLength(2);
  expect(got).toContain('<a href="https://shop.test/plain">');
  expect(got).toContain('<a href="mailto:a@shop.test">');
  expect(got).toMatch(
    /<a href="https:\/\/mail\.shop\.test\/n\/u\/[\w.-]+">Unsubscribe<\/a><\/p>\s*<img [^>]*><\/body>/,
  );
  expect(text).toContain("Basket (https://shop.test/basket?a=1&b=2)");
  expect(text).not.toContain("/n/c/");

  for (const url of [links[0] ?? "", picture]) {
    expect((await fetch(here(url), { method: "HEAD", redirect: "manual", headers: browser })).status).toBeLessThan(400);
    expect((await follow(url, { "user-agent": "Mozilla/5.0" })).status).toBeLessThan(400);
    expect((await follow(`${url.slice(0, -3)}AAA`)).status).toBe(404);
  }
  const shown = await follow(picture);
  expect([shown.status, shown.headers.get("content-type")]).toEqual([200, "image/gif"]);
  const opened = await vi.waitUntil(async () => ((await message())?.openedAt ? message() : undefined), patience);
  expect(opened?.clickedAt).toBeUndefined();

  const targets = await Promise.all(links.map(async (url) => (await follow(url)).headers.get("location")));
  expect(targets).toEqual(["https://shop.test/basket?a=1&b=2", "https://shop.test/other"]);
  const clicked = await vi.waitUntil(async () => ((await message())?.clickedAt ? message() : undefined), patience);
  await follow(picture);
  await follow(links[0] ?? "");
  await vi.waitUntil(async () => (await counted("clicked")) === 3 && (await counted("opened")) === 2, patience);
  expect(await message()).toMatchObject({ openedAt: opened?.openedAt, clickedAt: clicked?.clickedAt });
  expect(await progressOf(campaign)).toMatchObject({ messages: 1, opened: 1, clicked: 1 });
  expect(await counted("clicked", "machine")).toBe(1);
}, 60_000);

/** Of the server's metrics. */
async function counted(kind: string, result = "recorded"): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(
    new RegExp(`^tidings_visits_total\\{kind="${kind}",result="${result}"\\} (\\d+)$`, "m").exec(text)?.[1],
  );
}

test.each(["quiet", "login"])(
  "mail of a category that wants none of it goes out as it was written: %s",
  async (category) => {
    const { html: got } = await send(category);
    expect([urlsOf(got, "c"), urlsOf(got, "o")]).toEqual([[], []]);
    expect(got).toContain("<A HREF=https://shop.test/other>");
  },
  60_000,
);
