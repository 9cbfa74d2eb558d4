import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageSchema } from "@tidings/contract/messages";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";
import { type ScriptedSmtp, startScriptedSmtp } from "./scripted-smtp.ts";

type Message = z.infer<typeof messageSchema>;

const idSchema = z.object({ id: z.string() });
const minuteMs = 60_000;

describe("a mail server's answers, through the whole server", () => {
  const folder = mkdtempSync(join(tmpdir(), "tidings-states-"));
  let smtp: ScriptedSmtp;
  let server: ServerProcess;
  let api: Api;

  beforeAll(async () => {
    smtp = await startScriptedSmtp();
    server = await startServerProcess(folder);
    api = new Api(server.url);
    await api.put("/v1/categories/critical", { class: "critical" });
    await api.put("/v1/categories/marketing", { class: "marketing" });
    await api.put("/v1/categories/patient", { class: "transactional", retry: { delaysSeconds: [1, 1, 1] } });
    const settings = { host: "127.0.0.1", port: smtp.port, secure: "none", finalDotTimeoutMs: 500 };
    for (const [key, from, lanes] of [
      ["smtp", "a@acme.test", ["critical", "transactional"]],
      ["news", "a@news.acme.test", ["marketing"]],
    ] as const)
      await api.put(`/v1/integrations/${key}`, {
        channel: "email",
        provider: "smtp",
        lanes,
        settings: { ...settings, from },
      });
  }, 60_000);

  afterAll(async () => {
    await api?.close();
    if (server !== undefined) await stopChild(server);
    await smtp?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Sends a mail and waits until its attempts have come to what is asked for. */
  async function outcomeOf(name: string, category: string, isThere: (message: Message) => boolean): Promise<Message> {
    const to = { id: `${name}-${category}`, email: `${name}@${category}.test` };
    const { status, json } = await api.call("POST", "/v1/messages", {
      channel: "email",
      to,
      category,
      content: { subject: "Hi", text: "Hello" },
    });
    expect(status, JSON.stringify(json)).toBe(202);
    const { id } = idSchema.parse(json);
    return vi.waitUntil(
      async () => {
        const message = messageSchema.parse((await api.call("GET", `/v1/messages/${id}`)).json);
        return isThere(message) ? message : undefined;
      },
      { timeout: 30_000, interval: 50 },
    );
  }

  const finished = ({ attempts, state }: Message): boolean =>
    state !== "sending" && attempts.some(({ outcome }) => outcome !== "started");
  const waitMs = (message: Message): number => Date.parse(message.dueAt ?? "") - Date.now();

  test.each([
    ["ok", "critical", { state: "sent" }],
    ["slow", "critical", { state: "sent" }],
    ["gone", "critical", { state: "failed", reason: "550" }],
    ["policy", "critical", { state: "failed", reason: "policy" }],
    ["lost", "marketing", { state: "unknown", reason: "connection_lost" }],
    ["mute", "marketing", { state: "unknown", reason: "timeout" }],
    ["lost", "critical", { state: "queued" }],
    ["mute", "critical", { state: "queued" }],
    ["greylist", "marketing", { state: "queued" }],
    ["full", "critical", { state: "queued" }],
    ["cut", "marketing", { state: "queued" }],
    ["cut", "critical", { state: "queued" }],
  ])("%s@ leaves a %s mail so: %o", async (name, category, expected) => {
    expect(await outcomeOf(name, category, finished)).toMatchObject(expected);
  });

  test("greylisting waits for half an hour at least, a full mailbox for an hour", async () => {
    expect(waitMs(await outcomeOf("greylist", "critical", finished))).toBeGreaterThan(29 * minuteMs);
    expect(waitMs(await outcomeOf("full", "marketing", finished))).toBeGreaterThan(59 * minuteMs);
  });

  test("a mail that was put off goes out at its next attempt", async () => {
    const message = await outcomeOf("busy", "patient", ({ state }) => state === "sent");
    expect(message.attempts.map(({ outcome, code }) => [outcome, code])).toEqual([
      ["rejected", "451"],
      ["accepted", undefined],
    ]);
  });

  test("a mail that may have arrived is repeated where twice is better than never, and never where it is not", async () => {
    const dead = await outcomeOf("lost", "patient", ({ state }) => state === "dead");
    expect(dead.attempts.map(({ outcome }) => outcome)).toEqual(Array(4).fill("unknown"));
    expect(await outcomeOf("lost", "marketing", finished)).toMatchObject({
      state: "unknown",
      attempts: [{ number: 1 }],
    });
  });

  test("an address that does not exist is not written to again", async () => {
    await outcomeOf("gone", "patient", ({ state }) => state === "failed");
    const again = await outcomeOf("gone", "patient", ({ state }) => state !== "queued" && state !== "sending");
    expect(again.state).toBe("suppressed");
  });
});
