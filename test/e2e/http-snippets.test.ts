import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { faultServer } from "../../packages/client/src/testing/fault-server.ts";
import { stopChild } from "../harness/child.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../harness/server-process.ts";

/** The snippets of docs/start/http.md, run as they stand there against a real server. */

const page = readFileSync(new URL("../../docs/start/http.md", import.meta.url), "utf8");
const folder = mkdtempSync(join(tmpdir(), "tidings snippets "));
const run = promisify(execFile);
const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
let server: ServerProcess;

/** CI installs what is missing, so there it must be there. */
const has = (program: string): boolean =>
  process.env["CI"] !== undefined || spawnSync(program, ["--version"]).status === 0;

function blocks(language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(([, code]) => code ?? "");
}

function execute(program: string, args: string[], url = server.url) {
  const env = { ...process.env, TIDINGS_URL: url, TIDINGS_API_KEY: apiKey };
  return run(program, args, { cwd: folder, env, timeout: 60_000 });
}

beforeAll(async () => {
  server = await startServerProcess(join(folder, "data"));
}, 30_000);
afterAll(async () => {
  await stopChild(server);
  rmSync(folder, { recursive: true, force: true });
});

describe.runIf(has("curl"))("the snippets for curl", () => {
  test("send an event, read it, send a batch and show a refusal", async () => {
    const { stdout, stderr } = await execute("bash", ["-euc", blocks("sh").join("\necho\n")]);
    const [sent, read, batch, refused] = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(read).toMatchObject({ id: sent.id, name: "order.shipped", data: { order: "4711" } });
    expect(batch.results).toEqual([{ id: expect.any(String) }, { id: expect.any(String) }]);
    expect(refused).toMatchObject({ code: "validation_failed", errors: [{ path: "recipients" }] });
    expect(stderr).toContain("refused");
  });

  test("repeat an event with its key", async () => {
    const faults = await faultServer();
    faults.script.push({ kind: "answer", status: 503, json: {}, headers: { "retry-after": "1" } });
    faults.script.push({ kind: "answer", status: 202, json: { id: "1" } });
    await execute("bash", ["-euc", blocks("sh")[0] ?? ""], faults.url);
    await faults.close();
    expect(faults.seen.map(({ headers }) => headers["idempotency-key"])).toEqual(Array(2).fill("order-4711-shipped"));
  });
});

describe.runIf(has("python3"))("the snippets for Python", () => {
  test("send an event, read it, send a batch and show a refusal", async () => {
    const { stdout } = await execute("python3", ["-c", blocks("python").join("\n")]);
    expect(stdout.replaceAll(uuid, "id").trim().split("\n")).toEqual([
      "id",
      ...stdout.split("\n").filter((line) => line.includes("no_workflow")),
      "4712 id",
      "4713 id",
      expect.stringMatching(/^validation_failed recipients /),
    ]);
  });

  test("repeat an event with its key after a refusal and a lost connection, and nothing that is wrong", async () => {
    const faults = await faultServer();
    const problem = { code: "overloaded", title: "later" };
    faults.script.push({ kind: "answer", status: 503, json: problem, headers: { "retry-after": "0" } });
    faults.script.push({ kind: "drop" });
    faults.script.push({ kind: "answer", status: 202, json: { id: "1" } });
    faults.script.push({ kind: "answer", status: 403, json: { code: "forbidden", title: "no" } });
    const [call = "", send = ""] = blocks("python");
    await expect(execute("python3", ["-c", `${call}\n${send}`], faults.url)).rejects.toThrow(/403 forbidden: no/);
    await faults.close();
    const key = "order-4711-shipped";
    expect(faults.seen.map(({ headers }) => headers["idempotency-key"])).toEqual([key, key, key, undefined]);
  });
});
