import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stopChild } from "../harness/child.ts";
import { tidings } from "../harness/cli.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const cwd = mkdtempSync(join(tmpdir(), "tidings suppressions "));
let server: ServerProcess;
const run = (...args: string[]) => tidings(args, { cwd, env: { TIDINGS_URL: server.url, TIDINGS_API_KEY: apiKey } });

beforeAll(async () => {
  server = await startServerProcess(join(cwd, "data"));
}, 30_000);
afterAll(async () => {
  await stopChild(server);
  rmSync(cwd, { recursive: true, force: true });
});

test("an address is suppressed, found and freed again", async () => {
  expect((await run("suppressions", "add", "Anna@example.com", "--scope", "category", "--value", "news")).stdout).toBe(
    "1 added, 0 there already\n",
  );
  const listed = await run("suppressions", "list", "--address", "anna@example.com");
  expect(listed.stdout).toMatch(
    /^ID +SCOPE +SINCE +REASON\nemail\.[0-9a-f]{32}\.category\.news +category news .* manual\n$/,
  );
  expect((await run("suppressions", "remove", "--address", "anna@example.com", "--yes")).stdout).toBe("1 removed\n");
  expect((await run("suppressions", "list", "--address", "anna@example.com")).stdout).toBe(
    "ID  SCOPE  SINCE  REASON\n",
  );
  expect((await run("suppressions", "add", "anna")).code).toBe(2);
}, 60_000);

test("a file of more records than one call takes is imported in parts, and what is exported is taken back", async () => {
  const lines = Array.from({ length: 10_050 }, (_, index) => `email,user${index}@example.com`);
  writeFileSync(join(cwd, "in.csv"), `channel,address\n${lines.join("\n")}\n`);
  expect((await run("suppressions", "import", "in.csv")).stdout).toBe("10050 added, 0 there already\n");
  const { stdout, code } = await run("suppressions", "export");
  expect(code).toBe(0);
  const exported = stdout.split("\n").filter((line) => !/^(sms|push),/.test(line));
  expect(exported).toHaveLength(10_052);
  writeFileSync(join(cwd, "out.csv"), exported.join("\n"));
  expect((await run("suppressions", "import", "out.csv")).stdout).toBe("0 added, 10050 there already\n");
}, 60_000);

test("a fault is told with its line of the file, and what was in before it", async () => {
  const lines = Array.from({ length: 10_010 }, (_, index) => `push,device-${index}`);
  lines[10_004] = "pigeon,device";
  writeFileSync(join(cwd, "bad.csv"), `channel,address\n${lines.join("\n")}\n`);
  const { code, stderr } = await run("suppressions", "import", "bad.csv");
  expect(code).toBe(3);
  expect(stderr).toContain("bad.csv:10006");
  expect(stderr).toContain("10000 records before them are in");
  expect(
    (await run("suppressions", "list", "--channel", "push", "--address", "device-10003", "--json")).stdout,
  ).toContain('"items": []');
  expect((await run("suppressions", "import", "gone.csv")).code).toBe(2);
}, 60_000);
