import { afterEach, describe, expect, test } from "vitest";
import { OutboundHttpClient } from "../../lib/outbound-http.ts";
import { closedPort, startRecorder } from "../../providers/testing/servers.ts";
import { OtlpExporter } from "./otlp-exporter.ts";
import { OtlpRequests } from "./otlp-request.ts";
import { rejectedSpans } from "./rejected-spans.ts";
import { RecordedSpan } from "./span.ts";
import { SpanClock } from "./span-clock.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

const ids = { trace: "0af7651916cd43dd8448eb211c80319c", span: "b7ad6b7169203331" };
const parts = { clock: new SpanClock(), linksMax: 1, take: () => {} };
const span = new RecordedSpan(parts, ids, { name: "n", kind: "internal", attributes: {} }, "");

function exporterTo(port: number): OtlpExporter {
  const http = new OutboundHttpClient({ allowPrivateNetwork: true });
  cleanups.push(() => http.close());
  const requests = new OtlpRequests({ "service.name": "tidings" }, "1");
  const headers = { authorization: "Bearer abc" };
  return new OtlpExporter({ http, requests, url: `http://127.0.0.1:${port}/base`, headers, timeoutMs: 500 });
}

/** ExportTraceServiceResponse with `rejected_spans` 300 and a message. */
const partial = Buffer.from([0x0a, 0x08, 0x08, 0xac, 0x02, 0x12, 0x03, 0x66, 0x6f, 0x6f]);

describe("the way to an OTLP receiver", () => {
  test("is its address for traces, with the headers of the settings", async () => {
    const server = await startRecorder((_, response) => response.end());
    cleanups.push(server.close);
    expect(await exporterTo(server.port).send([span])).toEqual({ status: "taken", rejected: 0 });
    const [call] = server.calls;
    expect(call).toMatchObject({ method: "POST", url: "/base/v1/traces" });
    expect(call?.headers).toMatchObject({ authorization: "Bearer abc", "content-type": "application/x-protobuf" });
  });

  test.each([
    [429, "later"],
    [502, "later"],
    [503, "later"],
    [504, "later"],
    [400, "refused"],
    [401, "refused"],
    [404, "refused"],
    [500, "refused"],
    [302, "refused"],
  ])("tells by %i what becomes of spans: %s", async (statusCode, status) => {
    const server = await startRecorder((_, response) => response.writeHead(statusCode).end());
    cleanups.push(server.close);
    expect(await exporterTo(server.port).send([span])).toEqual({ status, code: String(statusCode) });
  });

  test("is tried again where nobody listens, or nobody answers", async () => {
    expect(await exporterTo(await closedPort()).send([span])).toMatchObject({ status: "later" });
    const server = await startRecorder(() => {});
    cleanups.push(server.close);
    expect(await exporterTo(server.port).send([span])).toMatchObject({ status: "later", code: "timeout" });
  });

  test("says how many were refused of what was taken, and nothing where the answer is no such message", () => {
    expect(rejectedSpans(partial)).toBe(300);
    for (const other of [[], [0x0a], [0x0a, 0x7f, 0x08], [0x12, 0x01, 0x00], [0xff, 0xff], [0x08, 0x05], [0x0b]])
      expect(rejectedSpans(Uint8Array.from(other))).toBe(0);
    expect(rejectedSpans(Buffer.from("<html>not found</html>"))).toBe(0);
  });
});
