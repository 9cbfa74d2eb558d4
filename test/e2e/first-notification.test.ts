import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { eventSchema } from "@tidings/contract/events";
import { request } from "undici";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { stopChild } from "../harness/child.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const notifications = fileURLToPath(new URL("../../notifications", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "tidings first "));
const banner: string[] = [];
const run = promisify(execFile);
let server: ServerProcess;

const start = () =>
  startServerProcess(
    join(folder, "data"),
    { TIDINGS_NOTIFICATIONS_DIR: notifications, TIDINGS_API_KEY: "", TIDINGS_ALLOW_PRIVATE_NETWORK: "false" },
    { onLine: (line) => banner.push(line) },
  );

/** The line of the banner that begins so, once it has been printed. */
async function said(beginning: RegExp): Promise<string> {
  return vi.waitUntil(() => banner.find((line) => beginning.test(line)), { timeout: 5000 });
}

beforeAll(async () => {
  server = await start();
}, 30_000);

afterAll(async () => {
  await stopChild(server);
  rmSync(folder, { recursive: true, force: true });
});

describe("a first start with nothing but the example folder", () => {
  test("prints a line to paste, whose mail is in the sandbox within a second", async () => {
    const curl = await said(/^curl /);
    const key = /Bearer (\S+)"/.exec(curl)?.[1] ?? "";
    const { stdout } = await run("bash", ["-c", curl]);
    const { id } = JSON.parse(stdout);
    const event = await vi.waitUntil(
      async () => {
        const { body } = await request(`${server.url}/v1/events/${id}`, {
          headers: { authorization: `Bearer ${key}` },
        });
        const found = eventSchema.parse(await body.json());
        return found.runs[0]?.messages[0]?.state === "sent" ? found : undefined;
      },
      { timeout: 1000, interval: 20 },
    );
    expect(event.lane).toBe("critical");
    expect(event.runs[0]?.messages[0]?.attempts).toMatchObject([{ number: 1, outcome: "accepted" }]);
    const metrics = await request(`${server.url}/metrics`);
    const text = await metrics.body.text();
    expect(text).toMatch(/^tidings_events_accepted_total\{lane="critical"\} [1-9]/m);
    expect(text).toMatch(
      /^tidings_messages_total\{channel="email",lane="critical",provider="sandbox",outcome="accepted"\} [1-9]/m,
    );
    const page = /\S+$/.exec((await said(/^\s+Mailbox/)).trim())?.[0] ?? "";
    const { body } = await request(page);
    expect(await body.text()).toContain("anna@example.com");
  });

  test("says where the master key lies", async () => {
    expect(await said(/^\s+Master key/)).toContain("master.key");
  });

  test("has the same key after a restart, and is ready", async () => {
    const key = /\s(tdg_\S+)/.exec(await said(/^\s+API key/))?.[1];
    await stopChild(server);
    banner.length = 0;
    server = await start();
    expect(/\s(tdg_\S+)/.exec(await said(/^\s+API key/))?.[1]).toBe(key);
    const ready = await request(`${server.url}/readyz`);
    expect(ready.statusCode).toBe(200);
    await ready.body.dump();
  });

  test("refuses a second process on the same data directory by name", async () => {
    await expect(start()).rejects.toThrow(/another Tidings process owns the data directory/);
  });
});
