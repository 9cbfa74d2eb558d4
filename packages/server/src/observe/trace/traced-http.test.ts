import { describe, expect, test } from "vitest";
import { SeededRandom } from "../../lib/seeded-random.ts";
import type { OutboundRequest, OutboundResponse } from "../../ports/provider.ts";
import { OtlpTracer } from "./otlp-tracer.ts";
import type { RecordedSpan } from "./span.ts";
import { SpanClock } from "./span-clock.ts";
import { SpanIds } from "./span-ids.ts";
import { TracedHttp } from "./traced-http.ts";

const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const answer: OutboundResponse = { status: "response", statusCode: 200, headers: {}, body: Buffer.alloc(0) };

function bench(response: OutboundResponse = answer, ratio = 1) {
  const spans: RecordedSpan[] = [];
  const requests: OutboundRequest[] = [];
  const random = new SeededRandom(7);
  const parts = { clock: new SpanClock(), linksMax: 10, take: (span: RecordedSpan) => void spans.push(span) };
  const tracer = new OtlpTracer({ ...parts, ids: new SpanIds(random), random, ratio });
  const client = {
    request: async (request: OutboundRequest) => {
      requests.push(request);
      return response;
    },
  };
  const http = new TracedHttp(client, tracer);
  const ask = (trace: OutboundRequest["trace"], url = "http://a.example/bot123/send?key=abc") =>
    http.request({ method: "POST", url, headers: {}, timeoutMs: 1, trace });
  return { tracer, ask, spans, requests };
}

const shown = ({ attributes, added }: RecordedSpan) => ({
  ...attributes,
  ...Object.fromEntries(added.flatMap((name, index) => (index % 2 === 0 ? [[name, added[index + 1]]] : []))),
});

describe("a request that belongs to a trace", () => {
  test("is told without its path and query, which carry tokens and ids of people", async () => {
    const { ask, spans } = bench();
    await ask({ parent, propagate: false });
    await ask({ parent, propagate: false }, "https://[2001:db8::1]:8443/");
    expect(spans.map(shown)).toEqual([
      {
        "http.request.method": "POST",
        "server.address": "a.example",
        "server.port": 80,
        "url.full": "http://a.example/REDACTED",
        "http.response.status_code": 200,
      },
      {
        "http.request.method": "POST",
        "server.address": "2001:db8::1",
        "server.port": 8443,
        "url.full": "https://[2001:db8::1]:8443/",
        "http.response.status_code": 200,
      },
    ]);
    expect(spans[0]).toMatchObject({ name: "POST", kind: "client", parentId: "b7ad6b7169203331", fault: "" });
  });

  test("says what went wrong", async () => {
    const refused = bench({ status: "refused", code: "dns", detail: "no such host" });
    await refused.ask({ parent, propagate: false });
    expect(refused.spans).toMatchObject([{ fault: "dns" }]);
    const busy = bench({ status: "response", statusCode: 503, headers: {}, body: Buffer.alloc(0) });
    await busy.ask({ parent, propagate: false });
    expect(busy.spans).toMatchObject([{ fault: "503" }]);
  });

  test("tells the far side where it is to, and nothing where it is not", async () => {
    const { ask, spans, requests } = bench();
    await ask({ parent: `${parent} shop=1`, propagate: true });
    await ask({ parent, propagate: false });
    await ask(undefined);
    expect(requests.map(({ headers }) => headers)).toEqual([
      { traceparent: `00-0af7651916cd43dd8448eb211c80319c-${spans[0]?.spanId}-01`, tracestate: "shop=1" },
      {},
      {},
    ]);
    expect(spans).toHaveLength(2);
  });
});

describe("a trace", () => {
  const start = { name: "n", kind: "server" as const, attributes: {} };

  test("that begins here is recorded as often as is set, and what is not carries nothing on", () => {
    const { tracer } = bench(answer, 0.25);
    const received = Array.from({ length: 2000 }, () => tracer.receive({}, start));
    const recorded = received.filter(({ span }) => span !== undefined);
    expect(recorded.length).toBeGreaterThan(400);
    expect(recorded.length).toBeLessThan(600);
    expect(new Set(recorded.map(({ trace }) => trace)).size).toBe(recorded.length);
    expect(received.every(({ trace, span }) => trace === span?.trace)).toBe(true);
  });

  test("of a caller is recorded where the caller says so, whatever is set", () => {
    const { tracer } = bench(answer, 0);
    expect(tracer.receive({ traceparent: parent }, start).span).toBeDefined();
    const silent = parent.replace(/01$/, "00");
    expect(tracer.receive({ traceparent: silent }, start)).toEqual({ trace: silent, span: undefined });
    expect(tracer.receive({ traceparent: "garbage" }, start)).toEqual({ trace: undefined, span: undefined });
  });
});
