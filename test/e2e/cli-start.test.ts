import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { stopChild } from "../harness/child.ts";
import { startTidings, tidings } from "../harness/cli.ts";

const notifications = fileURLToPath(new URL("../../notifications", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "tidings start "));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An empty folder to start in. */
function fresh(name: string): string {
  const cwd = join(folder, name);
  mkdirSync(cwd);
  return cwd;
}

const startedSchema = z.object({
  started: z.literal(true),
  url: z.string(),
  mailboxUrl: z.string(),
  apiKey: z.object({ status: z.literal("ready"), place: z.string() }),
});

const started = (line: string) => (line.startsWith('{"started"') ? startedSchema.parse(JSON.parse(line)) : undefined);

describe("start", { timeout: 60_000 }, () => {
  test("runs a server that every command of the folder finds without arguments, and hands its signals on", async () => {
    const cwd = fresh("alone");
    const lines: string[] = [];
    const args = [
      "start",
      "--port",
      "0",
      "--notifications-dir",
      notifications,
      "--set",
      "TIDINGS_LOG_LEVEL=error",
      "--json",
    ];
    const child = await startTidings(args, { cwd, onLine: (line) => lines.push(line) }, started);
    const env = { TIDINGS_PORT: new URL(child.ready.url).port };
    const sent = await tidings(
      [
        "send",
        "password.reset",
        "-r",
        '{"id":"anna","email":"anna@example.com"}',
        "-d",
        '{"name":"Anna","url":"https://example.com/"}',
        "-w",
      ],
      { cwd, env },
    );
    expect([sent.code, sent.stdout]).toEqual([0, expect.stringMatching(/sent/)]);
    const doctor = await tidings(["doctor"], { cwd, env });
    expect([doctor.code, doctor.stdout]).toEqual([0, expect.stringContaining(join(cwd, "data"))]);
    expect(lines.join("\n")).not.toMatch(/tdg_d_/);
    await stopChild(child, "SIGTERM");
    expect([child.process.exitCode, child.process.signalCode]).toEqual([0, null]);
  });

  test("ends as the server does: with 2 for a fault in the settings, with 1 where it cannot run", async () => {
    const cwd = fresh("faulty");
    const fault = await tidings(["start", "--port", "many"], { cwd });
    expect([fault.code, fault.stderr]).toEqual([2, "TIDINGS_PORT must be a whole number from 0 to 65535\n"]);
    const other = await tidings(["start", "--set", "PORT=1"], { cwd });
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining("error: --set takes NAME=value")]);
    // It reads, and never answers; what is not read is never seen to end.
    const taken = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const busy = await tidings(["start", "--port", String(port)], { cwd });
    expect([busy.code, busy.stderr]).toEqual([1, expect.stringContaining("EADDRINUSE")]);
    const doctor = await tidings(["doctor"], { cwd, env: { TIDINGS_PORT: String(port) } });
    expect([doctor.code, doctor.stdout]).toEqual([
      1,
      expect.stringContaining(`${port} is taken by a program that does not answer as Tidings`),
    ]);
    await new Promise((resolve) => taken.close(resolve));
  });

  test("takes its settings from a file too, and an option stands before it", async () => {
    const cwd = fresh("file");
    writeFileSync(
      join(cwd, "settings.yaml"),
      "TIDINGS_PORT: 1\nTIDINGS_LOG_LEVEL: error\nTIDINGS_DATA_DIR: ./elsewhere\n",
    );
    const args = ["start", "--config-file", "settings.yaml", "--port", "0", "--json"];
    const child = await startTidings(args, { cwd }, started);
    expect(child.ready.apiKey.place).toBe(join(cwd, "elsewhere", "api-key"));
    await stopChild(child, "SIGINT");
    expect(child.process.exitCode).toBe(0);
  });
});
