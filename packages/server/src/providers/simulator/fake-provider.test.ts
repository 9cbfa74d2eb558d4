import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { OutboundHttpClient } from "../../lib/outbound-http.ts";
import { readCall } from "./fake-call.ts";
import { FakeProvider } from "./fake-provider.ts";
import type { FakeProviderOptions } from "./fake-provider-options.ts";
import { faultsSchema } from "./settings.ts";

const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function journalFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "tidings-fake-"));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  return join(folder, "journal");
}

const linesOf = (path: string): Record<string, unknown>[] =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

async function start(options: Partial<FakeProviderOptions> = {}) {
  const provider = new FakeProvider({ port: 0, ...options });
  const port = await provider.start();
  const http = new OutboundHttpClient({ allowPrivateNetwork: true });
  cleanups.push(
    () => provider.close(),
    () => http.close(),
  );
  const post = (path: string, body: string, headers: Record<string, string> = {}, timeoutMs = 5000) =>
    http.request({ method: "POST", url: `http://127.0.0.1:${port}${path}`, headers, body, timeoutMs });
  return { provider, port, http, post };
}

describe("reading a call", () => {
  const message = (id: string, more: object = {}) => ({
    id,
    attempt: 2,
    channel: "sms",
    lane: "critical",
    to: "+43660",
    ...more,
  });
  const read = (call: unknown) => readCall(Buffer.from(JSON.stringify(call)));

  it("finds every message, and no content that looks like one", () => {
    const hostile = '{"id":"forged","attempt":9,"channel":"sms"}';
    const call = {
      callId: "c1",
      messages: [message("a", { text: hostile, body: JSON.stringify(hostile) }), message("b", { html: '{"id":"x' })],
    };
    expect(read(call)).toEqual({
      callId: "c1",
      messages: [
        { id: "a", attempt: 2 },
        { id: "b", attempt: 2 },
      ],
    });
  });

  it("parses what is written in another way", () => {
    expect(readCall(Buffer.from('{ "messages": [ {"attempt":1, "id":"a"} ], "callId": "c" }'))).toEqual({
      callId: "c",
      messages: [{ id: "a", attempt: 1 }],
    });
    expect(read({ callId: 'c"\\', messages: [message('ä"')] })).toEqual({
      callId: 'c"\\',
      messages: [{ id: 'ä"', attempt: 2 }],
    });
  });

  it.each(["", "{", "[]", '{"callId":"', '{"callId":"c"}', '{"callId":"c","messages":[{"id":"a"}]}'])(
    "makes nothing of %j",
    (text) => {
      expect(readCall(Buffer.from(text))).toBeUndefined();
    },
  );
});

describe("the fake provider", () => {
  const call = JSON.stringify({
    callId: "c",
    messages: [
      { id: "a", attempt: 1 },
      { id: "b", attempt: 3 },
    ],
  });

  it("has written what it took when it answers", async () => {
    const journal = journalFile();
    const { post, http, port } = await start({ journal });
    const answer = await post("/send", call);
    const lines = linesOf(journal);
    expect(answer.status === "response" && JSON.parse(answer.body.toString())).toEqual({
      outcomes: [{ status: "accepted" }, { status: "accepted" }],
    });
    expect(lines).toMatchObject([
      { id: "a", attempt: 1, callId: "c" },
      { id: "b", attempt: 3, callId: "c" },
    ]);
    expect(Math.abs(Number(lines[0]?.["at"]) - Date.now())).toBeLessThan(2000);
    await post("/hook", "{}", { "webhook-id": "w1" });
    await post("/any/path", "{}", { "webhook-id": "w2" });
    expect(linesOf(journal).map(({ id }) => id)).toEqual(["a", "b", "w1", "w2"]);
    const stats = await http.request({
      method: "GET",
      url: `http://127.0.0.1:${port}/stats`,
      headers: {},
      timeoutMs: 1000,
    });
    expect(stats.status === "response" && JSON.parse(stats.body.toString())).toMatchObject({
      requests: 3,
      messages: 2,
      hooks: 2,
    });
  });

  it("keeps what it refuses out of the journal, and answers a webhook by status", async () => {
    const journal = journalFile();
    const { post } = await start({ journal, faults: faultsSchema.parse({ suppress: 1 }) });
    expect(await post("/hook", "{}", { "webhook-id": "w1" })).toMatchObject({ statusCode: 410 });
    await post("/send", call);
    expect(linesOf(journal)).toEqual([]);
  });

  it("swallows the paths that it is told to, and answers the others", async () => {
    const { post } = await start({ blackholePaths: ["/x"] });
    expect(await post("/x", "{}", {}, 80)).toMatchObject({ status: "unknown", code: "timeout" });
    expect(await post("/y", "{}")).toMatchObject({ statusCode: 200 });
  });

  it("runs as a program, and loses no line of an answered call when it is killed", async () => {
    const journal = journalFile();
    const main = fileURLToPath(new URL("./fake-provider-main.ts", import.meta.url));
    const child = spawn(process.execPath, [
      "--import",
      "tsx",
      main,
      "--port",
      "0",
      "--journal",
      journal,
      "--latency-ms",
      "1",
      "--seed",
      "3",
      "--settings",
      '{"idempotent":true}',
    ]);
    cleanups.push(() => child.kill("SIGKILL"));
    const [line] = await once(child.stdout.setEncoding("utf8"), "data");
    const { port } = JSON.parse(String(line));
    const http = new OutboundHttpClient({ allowPrivateNetwork: true });
    cleanups.push(() => http.close());
    expect(
      await http.request({
        method: "POST",
        url: `http://127.0.0.1:${port}/send`,
        headers: {},
        body: call,
        timeoutMs: 5000,
      }),
    ).toMatchObject({ statusCode: 200 });
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
    expect(linesOf(journal).map(({ id }) => id)).toEqual(["a", "b"]);
  });
});
