import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acceptedSchema } from "@tidings/contract/events";
import { request } from "undici";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { closedPort, type RecordedCall, startRecorder } from "../../packages/server/src/providers/testing/servers.ts";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";

/** What an application and its vendors see of traces, and what becomes of notifications whose receiver of traces is of no use. */

const folder = mkdtempSync(join(tmpdir(), "tidings-tracing-"));
const cleanups: (() => unknown)[] = [];
afterAll(async () => {
  for (const clean of cleanups.reverse()) await clean();
  rmSync(folder, { recursive: true, force: true });
});
const until = <T>(check: () => T) => vi.waitUntil(check, { timeout: 15_000, interval: 20 });

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";

interface Side {
  url: string;
  calls: RecordedCall[];
}

async function side(answer: string): Promise<Side> {
  const { port, calls, close } = await startRecorder((_, response) =>
    response.writeHead(200, { "content-type": "application/json" }).end(answer),
  );
  cleanups.push(close);
  return { url: `http://127.0.0.1:${port}`, calls };
}

async function start(name: string, settings: Record<string, string>): Promise<{ server: ServerProcess; api: Api }> {
  const server = await startServerProcess(join(folder, name), settings);
  const api = new Api(server.url);
  cleanups.push(async () => {
    await api.close();
    await stopChild(server);
  });
  return { server, api };
}

async function configure(api: Api, shop: Side, vendor: Side): Promise<void> {
  await api.put("/v1/categories/orders", { class: "transactional" });
  await api.put("/v1/integrations/hook", {
    channel: "webhook",
    provider: "webhook",
    secrets: { secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" },
  });
  await api.put("/v1/templates/order", { webhook: {} });
  await api.put("/v1/workflows/order", {
    category: "orders",
    steps: [
      { id: "stock", type: "fetch", request: { method: "GET", url: `${shop.url}/stock` } },
      { id: "hook", type: "channel", channel: "webhook", template: "order" },
    ],
  });
  await api.call("PUT", "/v1/recipients/u1", { webhook: `${vendor.url}/hook` });
  const { status } = await api.call("POST", "/v1/webhooks", { url: `${shop.url}/told`, types: ["message.sent"] });
  expect(status).toBe(201);
}

async function send(api: Api, flags: string | undefined): Promise<string> {
  const headers: Record<string, string> =
    flags === undefined ? {} : { traceparent: `00-${traceId}-${spanId}-${flags}`, tracestate: "shop=1" };
  const { json } = await api.call("POST", "/v1/events", { name: "order", recipients: ["u1"] }, headers);
  return acceptedSchema.parse(json).id;
}

const headersOf = (calls: readonly RecordedCall[], url: string) =>
  calls.filter((call) => call.url === url).map(({ headers }) => headers);

describe("the application's own systems", () => {
  let shop: Side;
  let vendor: Side;
  let otlp: Side;
  let api: Api;
  beforeAll(async () => {
    [shop, vendor, otlp] = await Promise.all([side("{}"), side("{}"), side("")]);
    const settings = { TIDINGS_OTLP_URL: otlp.url, TIDINGS_OTLP_INTERVAL_MS: "20", TIDINGS_OTLP_HEADERS: "x-key=abc" };
    ({ api } = await start("own", settings));
    await configure(api, shop, vendor);
  }, 60_000);
  beforeEach(() => {
    shop.calls.length = 0;
    vendor.calls.length = 0;
  });

  test("are told of the trace by fetch steps and webhooks, each from a span of its own; a vendor is not", async () => {
    await send(api, "01");
    await until(() => headersOf(shop.calls, "/told").length === 1);
    const told = [...headersOf(shop.calls, "/stock"), ...headersOf(shop.calls, "/told")];
    expect(told).toHaveLength(2);
    const spans = told.map(({ traceparent, tracestate }) => {
      expect(tracestate).toBe("shop=1");
      return new RegExp(`^00-${traceId}-([0-9a-f]{16})-01$`).exec(String(traceparent))?.[1];
    });
    expect(new Set([...spans, spanId, undefined]).size).toBe(4);
    const [vendorHeaders] = headersOf(vendor.calls, "/hook");
    expect(vendorHeaders).toBeDefined();
    expect(vendorHeaders).not.toHaveProperty("traceparent");
    await until(() => otlp.calls.length > 0);
    expect(otlp.calls[0]).toMatchObject({ url: "/v1/traces", headers: { "x-key": "abc" } });
  });

  test("get a trace that is not recorded as its caller gave it", async () => {
    await send(api, "00");
    await until(() => headersOf(shop.calls, "/told").length === 1);
    const expected = `00-${traceId}-${spanId}-00`;
    for (const url of ["/stock", "/told"]) expect(headersOf(shop.calls, url)[0]?.["traceparent"]).toBe(expected);
  });

  test("take a header that is none for no trace: one begins here", async () => {
    await send(api, "zz");
    await until(() => headersOf(shop.calls, "/told").length === 1);
    const [fetched] = headersOf(shop.calls, "/stock");
    expect(fetched?.["traceparent"]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(fetched?.["traceparent"]).not.toContain(traceId);
    expect(fetched?.["tracestate"]).toBeUndefined();
  });
});

describe("a server", () => {
  test("without a receiver traces nothing, whatever its caller says", async () => {
    const [shop, vendor] = await Promise.all([side("{}"), side("{}")]);
    const { server, api } = await start("off", {});
    await configure(api, shop, vendor);
    await send(api, "01");
    await until(() => headersOf(shop.calls, "/told").length === 1);
    for (const { headers } of shop.calls) expect(headers).not.toHaveProperty("traceparent");
    const { body } = await request(`${server.url}/metrics`);
    expect(await body.text()).not.toContain("tidings_spans");
  }, 60_000);

  test("whose receiver is gone sends all the same, counts what it drops, and stops in order", async () => {
    const [shop, vendor] = await Promise.all([side("{}"), side("{}")]);
    const lines: string[] = [];
    const server = await startServerProcess(
      join(folder, "gone"),
      {
        TIDINGS_OTLP_URL: `http://127.0.0.1:${await closedPort()}`,
        TIDINGS_OTLP_INTERVAL_MS: "10",
        TIDINGS_TRACE_SPANS_QUEUED_MAX: "100",
      },
      { onLine: (line) => lines.push(line) },
    );
    const api = new Api(server.url);
    cleanups.push(() => stopChild(server, "SIGKILL"));
    await configure(api, shop, vendor);
    const events = 60;
    for (let index = 0; index < events; index += 1) await send(api, "01");
    await until(() => headersOf(vendor.calls, "/hook").length === events);
    const { body } = await request(`${server.url}/metrics`);
    const dropped = /^tidings_spans_dropped_total\{reason="full"\} (\d+)$/m.exec(await body.text())?.[1];
    expect(Number(dropped)).toBeGreaterThan(0);
    const said = (text: string) => lines.filter((line) => line.includes(text));
    expect(said("does not take spans")).toHaveLength(1);
    expect(said("spans are dropped")).toHaveLength(1);
    await api.close();
    await stopChild(server);
    expect(server.process.exitCode).toBe(0);
  }, 60_000);
});
