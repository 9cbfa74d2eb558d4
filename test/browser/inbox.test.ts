import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Child, startChild, stopChild } from "../harness/child.ts";
import { freePort } from "../harness/free-port.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../harness/server-process.ts";
import { launchChromium, whyNoChromium } from "./chromium.ts";
import { type Visitor, visit } from "./visitor.ts";

const example = new URL("../../examples/inbox/", import.meta.url);
const fileOf = (path: string): string => fileURLToPath(new URL(path, example));
const reason = whyNoChromium();

// In CI a missing browser is a failure; elsewhere the suite is skipped, and its name says why.
describe.skipIf(reason !== undefined && process.env["CI"] === undefined)(
  `the inbox of examples/inbox in a browser${reason === undefined ? "" : ` (${reason})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), "tidings-browser-"));
    let server: ServerProcess;
    let site: Child;
    let siteUrl: string;
    let browser: Browser;
    const visitors: Visitor[] = [];

    const startServer = (port = 0) =>
      startServerProcess(
        join(folder, "data"),
        { TIDINGS_NOTIFICATIONS_DIR: fileOf("notifications"), TIDINGS_INBOX_ORIGINS: siteUrl },
        { port },
      );

    async function come(user: string): Promise<Visitor> {
      const visitor = await visit(browser, siteUrl, user);
      visitors.push(visitor);
      return visitor;
    }

    beforeAll(async () => {
      const sitePort = await freePort();
      siteUrl = `http://127.0.0.1:${sitePort}`;
      server = await startServer();
      const env = { TIDINGS_URL: server.url, TIDINGS_API_KEY: apiKey, SITE_PORT: String(sitePort) };
      site = await startChild([process.execPath, "--import", "tsx", fileOf("src/main.ts")], { env }, (line) =>
        line.startsWith("The site is open: ") ? line : undefined,
      );
      browser = await launchChromium();
    });

    afterEach(async () => {
      const gone = visitors.splice(0);
      await Promise.all(gone.map(({ context }) => context.close()));
      expect(gone.flatMap(({ faults }) => faults)).toEqual([]);
    });

    afterAll(async () => {
      await browser?.close();
      if (site !== undefined) await stopChild(site);
      if (server !== undefined) await stopChild(server);
      rmSync(folder, { recursive: true, force: true });
    });

    test("shows a comment as soon as it is there, and counts it, without a reload", async () => {
      const anna = await come("anna");
      await anna.unread(0);
      expect(await anna.page.title()).toBe("Inbox");
      await anna.comment("anna", "Buy milk");
      await anna.count(1, "Buy milk");
      await anna.unread(1);
      expect(await anna.page.title()).toBe("(1) Inbox");
      await anna.items.getByRole("heading", { name: "Comment of anna" }).waitFor();
      await anna.comment("anna", "Buy bread");
      await anna.unread(2);
      expect(await anna.items.locator("p").allTextContents()).toEqual(["Buy bread", "Buy milk"]);
      expect(anna.loads).toBe(0);
    });

    test("lists what had come before the page was opened, the newest first", async () => {
      const bert = await come("bert");
      await bert.comment("berta", "First");
      await bert.comment("berta", "Second");
      const berta = await come("berta");
      await berta.unread(2);
      await berta.count(2);
      expect(await berta.items.locator("p").allTextContents()).toEqual(["Second", "First"]);
      await bert.count(0);
    });

    test("keeps two browsers of one person alike: read, all read, archived", async () => {
      const desk = await come("clara");
      const phone = await come("clara");
      for (const text of ["One", "Two", "Three"]) await desk.comment("clara", text);
      await Promise.all([desk.unread(3), phone.unread(3)]);
      await desk.items.filter({ hasText: "Two" }).getByRole("button", { name: "Mark as read" }).click();
      await phone.unread(2);
      expect(await phone.items.filter({ hasText: "Two" }).getByRole("button", { name: "Mark as read" }).count()).toBe(
        0,
      );
      await phone.page.getByRole("button", { name: "Mark all as read" }).click();
      await desk.unread(0);
      expect(await desk.page.title()).toBe("Inbox");
      await phone.items.filter({ hasText: "One" }).getByRole("button", { name: "Archive" }).click();
      await desk.count(0, "One");
      await desk.count(2);
      await desk.page.reload();
      await desk.count(2);
      expect(desk.loads).toBe(1);
    });

    test("takes one answer to the buttons of an item, and shows it wherever the item is shown", async () => {
      const desk = await come("dora");
      const phone = await come("dora");
      await desk.comment("dora", "Shall we?");
      await phone.items.getByRole("button", { name: "Disagree" }).waitFor();
      await desk.items.getByRole("button", { name: "Agree", exact: true }).click();
      for (const { items } of [desk, phone]) {
        await items.getByText("You answered: Agree").waitFor();
        expect(await items.getByRole("button", { name: /agree/i }).count()).toBe(0);
      }
      await phone.unread(0);
      await phone.page.reload();
      await phone.items.getByText("You answered: Agree").waitFor();
    });

    test("works by the keyboard alone, and keeps the focus where the reader was", async () => {
      const emil = await come("emil");
      await emil.comment("emil", "Old");
      await emil.comment("emil", "New");
      await emil.count(2);
      const [newer, older] = [emil.items.first(), emil.items.last()];
      await newer.getByRole("button", { name: "Mark as read" }).press("Enter");
      await emil.unread(1);
      await emil.page.locator("li:focus", { hasText: "New" }).waitFor();
      await emil.page.keyboard.press("Tab");
      await emil.page.locator("button:focus", { hasText: "Agree" }).waitFor();
      await newer.getByRole("button", { name: "Archive" }).press("Space");
      await emil.page.locator("li:focus", { hasText: "Old" }).waitFor();
      await older.getByRole("button", { name: "Archive" }).press("Enter");
      await emil.page.locator("h2:focus", { hasText: "Inbox" }).waitFor();
      await emil.unread(0);
      expect(await emil.items.count()).toBe(0);
    });

    test("shows text that looks like HTML as text", async () => {
      const fred = await come("fred");
      const text = '<img src=x onerror="document.title = 1"><script>document.title = 2</script>{{data.from}}';
      await fred.comment("fred", text);
      await fred.count(1);
      expect(await fred.items.locator("p").allTextContents()).toEqual([text]);
      expect(await fred.items.locator("img, script").count()).toBe(0);
      expect(await fred.page.title()).toBe("(1) Inbox");
    });

    test("tells that Tidings is away, comes back by itself, and has what was written meanwhile once", async () => {
      const gerd = await come("gerd");
      await gerd.comment("gerd", "Before");
      await gerd.count(1);
      const { port } = server;
      await stopChild(server, "SIGKILL");
      await gerd.state("connecting");
      const sent = gerd.comment("gerd", "Meanwhile");
      server = await startServer(port);
      await gerd.state("open");
      await sent;
      await gerd.comment("gerd", "After");
      await gerd.unread(3);
      await gerd.count(3);
      for (const text of ["Before", "Meanwhile", "After"]) await gerd.count(1, text);
      expect(gerd.loads).toBe(0);
    });

    test("gives a token to whoever is signed in alone, and lets no other site's page ask Tidings", async () => {
      const hana = await come("hana");
      const [cookie] = await hana.context.cookies();
      expect(cookie).toMatchObject({ name: "session", httpOnly: true, sameSite: "Strict" });
      const [, signature = ""] = (cookie?.value ?? "").split(".");
      const ask = (path: string, session: string) =>
        fetch(`${siteUrl}${path}`, { method: "POST", headers: { cookie: session } });
      const others = Buffer.from("anna").toString("base64url");
      for (const session of ["", "session=", `session=${others}.${signature}`, `session=${others}.`, "session=a.b"]) {
        expect([session, (await ask("/inbox-token", session)).status]).toEqual([session, 401]);
        expect((await ask("/comments", session)).status).toBe(401);
      }
      const own = await ask("/inbox-token", `session=${cookie?.value}`);
      expect([own.status, (await own.text()).slice(0, 4)]).toEqual([200, "tit_"]);
      const preflight = (origin: string) =>
        fetch(`${server.url}/v1/inbox`, {
          method: "OPTIONS",
          headers: { origin, "access-control-request-method": "GET" },
        });
      expect((await preflight(siteUrl)).status).toBe(204);
      expect((await preflight("https://evil.example")).status).toBe(403);
    });

    test("leads to signing in where the session is over", async () => {
      const ida = await come("ida");
      await ida.context.clearCookies();
      await ida.page.reload();
      await ida.page.getByRole("heading", { name: "Sign in" }).waitFor();
      expect(await ida.page.getByLabel("Your name").getAttribute("required")).toBe("");
    });
  },
);
