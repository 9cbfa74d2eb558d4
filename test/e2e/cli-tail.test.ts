import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageSchema } from "@tidings/contract/messages";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { Api } from "../harness/api.ts";
import { type Child, stopChild } from "../harness/child.ts";
import { startTidings } from "../harness/cli.ts";
import { configureOrders } from "../harness/configure-orders.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const folder = mkdtempSync(join(tmpdir(), "tidings tail "));
let server: ServerProcess;
let api: Api;

const changeSchema = z.object({
  at: z.iso.datetime(),
  change: z.string(),
  from: z.string().optional(),
  message: messageSchema,
});
type Line = z.infer<typeof changeSchema>;

beforeAll(async () => {
  server = await startServerProcess(join(folder, "data"));
  api = new Api(server.url);
  await configureOrders(api);
}, 30_000);

afterAll(async () => {
  await api.close();
  await stopChild(server);
  rmSync(folder, { recursive: true, force: true });
});

async function send(name: string, id: string): Promise<void> {
  const recipient = { id, email: `${id}@example.com`, webhook: "http://127.0.0.1:1/" };
  const { status } = await api.call("POST", "/v1/events", { name, recipients: [recipient] });
  expect(status).toBe(202);
}

interface Tail extends Child {
  lines: Line[];
  errors: () => string;
  until(fits: (line: Line) => boolean): Promise<Line>;
}

/** Starts a tail and resolves once it has shown the message that is there already: from then on it follows. */
async function follow(...args: string[]): Promise<Tail> {
  const lines: Line[] = [];
  let errors = "";
  const child = await startTidings(
    ["tail", "--json", "--interval", "50", "--url", server.url, ...args],
    {
      cwd: folder,
      env: { TIDINGS_API_KEY: apiKey },
      onLine: (line) => lines.push(changeSchema.parse(JSON.parse(line))),
      onErrorText: (text) => {
        errors += text;
      },
    },
    () => true,
  );
  const until = (fits: (line: Line) => boolean) =>
    vi.waitUntil(() => lines.find(fits), { timeout: 15_000, interval: 20 });
  return { ...child, lines, errors: () => errors, until };
}

describe("tail", { timeout: 60_000 }, () => {
  test("follows new messages to their ends, those of its filters alone, and ends with 130", async () => {
    await send("order.hook", "before");
    const all = await follow();
    const dead = await follow("--state", "dead", "--channel", "webhook", "--workflow", "order.hook");
    await send("order.mail", "anna");
    await send("order.hook", "ben");
    await all.until(({ message }) => message.recipient === "anna" && message.state === "sent");
    const end = await all.until(({ message }) => message.recipient === "ben" && message.state === "dead");
    expect(end.message.attempts).toMatchObject([{ integration: "hook", outcome: "rejected" }]);
    expect((await dead.until(({ message }) => message.recipient === "ben")).message.state).toBe("dead");
    expect(dead.lines.every(({ message }) => message.state === "dead")).toBe(true);
    for (const tail of [all, dead]) {
      await stopChild(tail, "SIGINT");
      expect([tail.process.exitCode, tail.errors()]).toEqual([130, ""]);
    }
    const states = all.lines
      .filter(({ message }) => message.recipient === "ben")
      .map(({ message }) => `${message.state} ${message.attempts.length}`);
    expect(new Set(states).size, "nothing is told twice").toBe(states.length);
  });

  test("goes on after the server was away", async () => {
    await send("order.mail", "first");
    const tail = await follow();
    const { port } = server;
    await stopChild(server);
    await vi.waitUntil(() => tail.errors().includes("the server does not answer"), { timeout: 15_000 });
    server = await startServerProcess(join(folder, "data"), {}, { port });
    await vi.waitUntil(() => tail.errors().includes("the server answers again"), { timeout: 15_000 });
    await send("order.mail", "after");
    await tail.until(({ message }) => message.recipient === "after");
    await stopChild(tail, "SIGINT");
    expect(tail.process.exitCode).toBe(130);
  });
});
