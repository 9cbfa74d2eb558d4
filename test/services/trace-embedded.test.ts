import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { OutboundHttpClient } from "../../packages/server/src/lib/outbound-http.ts";
import { OtlpExporter } from "../../packages/server/src/observe/trace/otlp-exporter.ts";
import { OtlpRequests } from "../../packages/server/src/observe/trace/otlp-request.ts";
import { RecordedSpan } from "../../packages/server/src/observe/trace/span.ts";
import { SpanClock } from "../../packages/server/src/observe/trace/span-clock.ts";
import { FakeProvider } from "../../packages/server/src/providers/simulator/fake-provider.ts";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { configureFake } from "../harness/configure-fake.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";
import { type OtlpReceiver, startReceiver, whyNoReceiver } from "./trace/receiver.ts";

/** One process on the embedded store, and the bytes that it sends, as a receiver sees them that shares no code with it. */

const reason = whyNoReceiver();
const setupMs = 240_000;
const until = (check: () => unknown) => vi.waitUntil(check, { timeout: 60_000, interval: 20 });
const traceOf = (index: number): string => `0af7651916cd43dd8448eb21${index.toString(16).padStart(8, "0")}`;
const caller = "b7ad6b7169203331";

describe.skipIf(reason !== undefined && process.env["CI"] === undefined)(`spans (${reason ?? "one process"})`, () => {
  const folder = mkdtempSync(join(tmpdir(), "tidings-spans-"));
  const provider = new FakeProvider({ port: 0 });
  let receiver: OtlpReceiver;
  let server: ServerProcess;
  let api: Api;
  beforeAll(async () => {
    receiver = await startReceiver();
    const port = await provider.start();
    server = await startServerProcess(join(folder, "data"), {
      TIDINGS_OTLP_URL: receiver.url,
      TIDINGS_OTLP_INTERVAL_MS: "50",
      TIDINGS_TRACE_LINKS_MAX: "3",
    });
    api = new Api(server.url);
    await configureFake(api, { baseUrl: `http://127.0.0.1:${port}`, maxBatch: 100, maxInFlight: 100 });
    await api.put("/v1/recipients/u1", { email: "anna@example.com" });
  }, setupMs);
  afterAll(async () => {
    await api?.close();
    if (server !== undefined) await stopChild(server);
    await provider.close();
    await receiver?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const send = async (traceId: string | undefined): Promise<string> => {
    const event = { name: "transactional", recipients: ["u1"], data: { order: "1" } };
    const headers: Record<string, string> = traceId === undefined ? {} : { traceparent: `00-${traceId}-${caller}-01` };
    const { json } = await api.call("POST", "/v1/events", event, headers);
    return String(Reflect.get(Object(json), "id"));
  };
  const spansOf = (traceId: string) => receiver.spans.filter((span) => span.traceId === traceId);
  const requestOf = (traceId: string) => spansOf(traceId).find(({ kind }) => kind === "client");

  test("of an event that is planned, stored and STARTED in one commit stand below each other", async () => {
    // Its recipient is in memory after the first.
    for (const index of [1, 2]) {
      await send(traceOf(index));
      await until(() => requestOf(traceOf(index)) !== undefined && spansOf(traceOf(index)).length === 4);
    }
    const byKind = new Map(spansOf(traceOf(2)).map((span) => [span.kind, span]));
    const parentOf = (kind: string) => byKind.get(kind)?.parentId;
    expect(parentOf("server")).toBe(caller);
    expect(parentOf("consumer")).toBe(byKind.get("server")?.spanId);
    expect(parentOf("producer")).toBe(byKind.get("consumer")?.spanId);
    expect(parentOf("client")).toBe(byKind.get("producer")?.spanId);
    expect(byKind.get("consumer")?.attributes).toMatchObject({
      "tidings.turn.outcome": "done",
      "tidings.turn.messages": 1,
    });
  });

  test("begin here where the caller has none", async () => {
    const id = await send(undefined);
    const first = () =>
      receiver.spans.find(({ attributes }) => attributes["tidings.event.id"] === id && attributes["http.route"]);
    await until(() => first() !== undefined);
    const root = first();
    expect(root).toMatchObject({ parentId: "", kind: "server" });
    await until(() => spansOf(root?.traceId ?? "").length === 4);
  });

  test("of one call for many traces are linked to them, as far as the bound allows", async () => {
    const ids = Array.from({ length: 60 }, (_, index) => traceOf(100 + index));
    await Promise.all(ids.map(send));
    await until(() => ids.every((id) => spansOf(id).some(({ kind }) => kind === "producer")));
    const calls = () => receiver.spans.filter(({ kind, traceId }) => kind === "client" && ids.includes(traceId));
    const carried = () => calls().reduce((sum, { links, linksLeftOut }) => sum + 1 + links.length + linksLeftOut, 0);
    await until(() => carried() === ids.length);
    const sends = new Map(receiver.spans.filter(({ kind }) => kind === "producer").map((span) => [span.spanId, span]));
    for (const call of calls()) {
      expect(call.links.length).toBeLessThanOrEqual(3);
      for (const link of [...call.links, { spanId: call.parentId, traceId: call.traceId }])
        expect(sends.get(link.spanId)?.traceId).toBe(link.traceId);
    }
    expect(calls().length).toBeLessThan(ids.length);
  });

  test("are read as they were meant, whatever is in them", async () => {
    const http = new OutboundHttpClient({ allowPrivateNetwork: true });
    const requests = new OtlpRequests({ "service.name": "Größe", "process.pid": 7 }, "1.2.3");
    const exporter = new OtlpExporter({ http, requests, url: receiver.url, headers: {}, timeoutMs: 10_000 });
    const parts = { clock: new SpanClock(), linksMax: 1, take: () => {} };
    const long = "ö".repeat(100_000);
    const parent = `00-${traceOf(999)}-${caller}-01 a=b`;
    const attributes = {
      text: "naïve ✓",
      long,
      ascii: "x".repeat(300),
      "": "",
      zero: 0,
      big: 2 ** 40,
      part: -0.5,
      yes: true,
      no: false,
    };
    const start = { name: "Ünï", kind: "internal" as const, attributes, links: [parent, parent], sinceMs: 1500 };
    const span = new RecordedSpan(parts, { trace: traceOf(999), span: "00f067aa0ba902b7" }, start, parent);
    span.set("later", 128);
    span.end("code-5");
    span.end("again");
    span.set("too late", 1);
    const before = BigInt(Date.now()) * 1_000_000n;
    expect(await exporter.send([span, span, span])).toEqual({ status: "taken", rejected: 0 });
    await until(() => spansOf(traceOf(999)).length === 3);
    const [read] = spansOf(traceOf(999));
    expect(read).toMatchObject({
      resource: { "service.name": "Größe", "process.pid": 7 },
      parentId: caller,
      spanId: "00f067aa0ba902b7",
      state: "a=b",
      name: "Ünï",
      kind: "internal",
      links: [{ traceId: traceOf(999), spanId: caller, state: "a=b" }],
      linksLeftOut: 1,
      status: { code: 2, message: "code-5" },
    });
    expect(read?.attributes).toEqual({ ...attributes, later: 128 });
    const { startNs = 0n, endNs = 0n } = read ?? {};
    expect(Number(endNs - startNs) / 1e6).toBeCloseTo(1500, -2);
    expect(Math.abs(Number(before - endNs) / 1e6)).toBeLessThan(5000);
    await http.close();
  });
});
