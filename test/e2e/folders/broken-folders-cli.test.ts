import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { commands } from "../../../packages/cli/src/commands.ts";
import { run } from "../../../packages/cli/src/run.ts";
import { stopChild } from "../../harness/child.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../../harness/server-process.ts";
import { brokenFolders } from "./broken-folders.ts";
import { writeWholeFolder } from "./whole-folder.ts";

const cwd = mkdtempSync(join(tmpdir(), "tidings broken cli "));
const root = join(cwd, "notifications");
let server: ServerProcess;

beforeAll(async () => {
  server = await startServerProcess(join(cwd, "data"));
}, 60_000);
afterAll(async () => {
  await stopChild(server);
  rmSync(cwd, { recursive: true, force: true });
});
beforeEach(() => writeWholeFolder(root));

/** `tidings push --check`, in this process: 40 of its own would take half a minute. */
async function check(...options: string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: "", err: "" };
  const sink = (name: "out" | "err") => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  const code = await run({
    argv: ["push", "--check", ...options],
    env: { TIDINGS_URL: server.url, TIDINGS_API_KEY: apiKey },
    cwd,
    stdin: process.stdin,
    stdout: sink("out"),
    stderr: sink("err"),
    signal: new AbortController().signal,
    takeSignals: () => {},
    version: "0",
    commands,
  });
  return { code, ...written };
}

describe("push --check tells a broken folder by file and line", { timeout: 60_000 }, () => {
  test("and a whole one by its differences alone", async () => {
    expect(await check()).toMatchObject({ code: 1, err: "", out: expect.stringContaining("+ workflow newsletter") });
  });

  test.each(brokenFolders.map((each) => [each.name, each] as const))("%s", async (_name, broken) => {
    broken.break(root);
    const { code, out, err: told } = await check();
    expect([code, out]).toEqual([1, ""]);
    // A hint has a line of its own.
    const err = told.replaceAll("\n    ", "; ");
    const lines = err.split("\n").filter((line) => line.startsWith("  "));
    expect(
      lines.some((line) => line.startsWith(`  notifications/${broken.file}:${broken.line}:`)),
      err,
    ).toBe(true);
    expect(err).toMatch(broken.says);
    expect(err).not.toMatch(/letmein|^\s+at /m);
  });
});
