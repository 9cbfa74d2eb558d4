import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test, vi } from "vitest";
import { stopChild } from "../harness/child.ts";
import { apiKey, startServerProcess } from "../harness/server-process.ts";
import { pagesOf } from "./page.ts";
import { followPage } from "./run-page.ts";
import { openShell } from "./shell.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
// Inside the repository, so that what the pages write finds the packages.
mkdirSync(join(root, ".tmp"), { recursive: true });
const workplace = mkdtempSync(join(root, ".tmp", "start pages "));
const productionKey = "tdg_p_the-key-of-production-on-the-pages-0123456789";
const pages = pagesOf("docs/start").filter(({ blocks }) => blocks.some(({ words }) => words.includes("run")));

afterAll(() => {
  rmSync(workplace, { recursive: true, force: true });
});

describe("what docs/start tells its reader to do", () => {
  test("is followed page by page", () => {
    expect(pages.length).toBeGreaterThan(1);
  });

  test.each(pages)("works: $name", { timeout: 120_000 }, async (page) => {
    const folder = join(workplace, page.name);
    mkdirSync(folder);
    cpSync(join(root, "notifications"), join(folder, "notifications"), { recursive: true });
    let mailbox: string | undefined;
    const server = await startServerProcess(
      join(folder, "data"),
      { TIDINGS_NOTIFICATIONS_DIR: join(folder, "notifications"), TIDINGS_PRODUCTION_API_KEY: productionKey },
      {
        onLine: (line) => {
          mailbox ??= /^\s+Mailbox\s+(\S+)$/.exec(line)?.[1];
        },
      },
    );
    try {
      const shell = openShell(folder, {
        TIDINGS_API_KEY: apiKey,
        TIDINGS_PRODUCTION_KEY: productionKey,
        TIDINGS_URL: server.url,
        MAILBOX: await vi.waitUntil(() => mailbox),
        PATH: `${join(root, "node_modules/.bin")}:${process.env.PATH ?? ""}`,
      });
      expect(await followPage(page, { folder, shell, url: server.url })).toBeGreaterThan(0);
    } finally {
      await stopChild(server);
    }
  });
});
