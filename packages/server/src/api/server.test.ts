import { problemSchema } from "@tidings/contract/errors";
import { routes } from "@tidings/contract/routes";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApiBench, apiBench, apiLimits } from "./bench.conformance.ts";

let bench: ApiBench;
beforeAll(async () => {
  bench = await apiBench();
});
afterAll(() => bench.close());

const event = { name: "order.shipped", recipients: ["u1"] };
const events = "/v1/events";

/** Code and paths of an answer that must be a problem. */
function problem(answer: { status: number; headers: object; json: unknown }): { code: string; paths: string[] } {
  expect(answer.headers).toMatchObject({ "content-type": "application/problem+json" });
  const parsed = problemSchema.parse(answer.json);
  expect(parsed.status).toBe(answer.status);
  expect(parsed.requestId).toMatch(/^[a-z0-9]+-[a-z0-9]+$/);
  return { code: parsed.code, paths: (parsed.errors ?? []).map((fault) => fault.path) };
}

test("a missing, an unknown and a revoked key get the same answer", async () => {
  const created = await bench.call("/v1/api-keys", { body: { name: "short-lived" } });
  const { id, key } = created.json as { id: string; key: string };
  expect(key).toMatch(/^tdg_d_[A-Za-z0-9_-]{43}$/);
  expect((await bench.call("/v1/api-keys", { key })).status).toBe(200);
  expect((await bench.call(`/v1/api-keys/${id}`, { method: "DELETE" })).status).toBe(204);
  const answers = [
    await bench.call(events, { body: event, key: null }),
    await bench.call(events, { body: event, key: "tdg_d_unknown" }),
    await bench.call(events, { body: event, key }),
    await bench.call(events, { raw: "{", key: null }),
  ];
  const bodies = answers.map((answer) => {
    expect(problem(answer).code).toBe("unauthorized");
    expect(answer.status).toBe(401);
    return JSON.stringify({ ...problemSchema.parse(answer.json), requestId: "" });
  });
  expect(new Set(bodies).size).toBe(1);
});

test("every route of the contract that needs a key refuses to go without", async () => {
  for (const route of routes.filter((route) => !route.open)) {
    const path = route.path.replaceAll(/\{\w+\}/g, "00000000-0000-8000-8000-000000000000");
    const answer = await bench.call(path, { method: route.method, key: null });
    expect(answer.status, `${route.method} ${path}`).toBe(401);
  }
});

test("an event is accepted, and the limits of the key are told", async () => {
  const answer = await bench.call(events, { body: event });
  expect(answer.status).toBe(202);
  expect(answer.json).toEqual({ id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  expect(answer.headers).toMatchObject({
    "content-type": "application/json; charset=utf-8",
    "ratelimit-limit": "100000",
    "ratelimit-reset": "1",
  });
});

test.each([
  ["malformed JSON", "{", "malformed_json"],
  ["an invalid UTF-8 sequence", Buffer.from([0x22, 0xff, 0x22]), "malformed_json"],
  ["2,000 levels", `${"[".repeat(2000)}${"]".repeat(2000)}`, "body_too_deep"],
  ["33 levels", `{"name":"n","recipients":["u"],"data":${'{"a":'.repeat(32)}1${"}".repeat(32)}}`, "body_too_deep"],
  ["an empty body", "", "validation_failed"],
  ["null", "null", "validation_failed"],
  ["a list", "[]", "validation_failed"],
])("%s is a problem of 400", async (_, raw, code) => {
  const answer = await bench.call(events, { method: "POST", raw, headers: { "content-type": "application/json" } });
  expect(answer.status).toBe(400);
  expect(problem(answer).code).toBe(code);
});

test("brackets inside of strings are no levels", async () => {
  const answer = await bench.call(events, { body: { ...event, data: { a: '\\"[[[['.repeat(50) } } });
  expect(answer.status).toBe(202);
});

test("a member named __proto__ is refused where it stands, however it is written; constructor is plain data", async () => {
  const plain = await bench.call(events, { raw: '{"name":"n","recipients":["u"],"data":{"a":{"__proto__":{"x":1}}}}' });
  expect(problem(plain).paths).toEqual(["data.a.__proto__"]);
  const escaped = await bench.call(events, { raw: '{"name":"n","recipients":["u"],"data":{"\\u005f_proto__":1}}' });
  expect(problem(escaped).paths).toEqual(["data.__proto__"]);
  const data = await bench.call(events, {
    raw: '{"name":"n","recipients":["u"],"data":{"constructor":{"prototype":1}}}',
  });
  expect(data.status).toBe(202);
});

test("faults are named by their paths", async () => {
  const body = {
    recipients: ["a\r\nb", { id: "u", email: "x\u0000@y.z" }, { id: "v", webhook: "ftp://x" }, 7],
    nme: "x",
    data: [],
  };
  expect(problem(await bench.call(events, { body }))).toEqual({
    code: "validation_failed",
    paths: expect.arrayContaining([
      "name",
      "recipients[0]",
      "recipients[1].email",
      "recipients[2].webhook",
      "recipients[3]",
      "nme",
      "data",
    ]),
  });
});

test("a body that is too large is told so, whole or in pieces, and the connection goes on", async () => {
  const large = Buffer.alloc(10 * 1024 * 1024, 0x20);
  for (const path of [events, "/v1/events/batch"]) {
    const answer = await bench.call(path, { raw: large });
    expect(answer.status).toBe(413);
    expect(problem(answer).code).toBe("body_too_large");
    expect(answer.headers["connection"]).not.toBe("close");
  }
  expect((await bench.call(events, { body: event })).status).toBe(202);
});

test("another media type, and a compressed body, are 415", async () => {
  for (const headers of [
    { "content-type": "text/plain" },
    { "content-type": "application/xml" },
    { "content-encoding": "gzip" },
  ]) {
    const answer = await bench.call(events, { body: event, headers });
    expect(answer.status).toBe(415);
    expect(problem(answer).code).toBe("unsupported_media_type");
  }
});

test("an unknown path is 404, and a known one with another method 405 with Allow", async () => {
  for (const path of ["/v1/nothing", "/v1/events/%zz", "/v1/%2e%2e/x", `/v1/recipients/${"x".repeat(5000)}`]) {
    const answer = await bench.call(path);
    expect(answer.status, path).toBe(404);
    expect(problem(answer).code).toBe("not_found");
  }
  const answer = await bench.call(events, { method: "DELETE" });
  expect(answer.status).toBe(405);
  expect(answer.headers["allow"]).toBe("POST");
  expect((await bench.call("/v1/recipients/u", { method: "PATCH", body: {} })).headers["allow"]).toBe(
    "DELETE, GET, HEAD, PUT",
  );
});

test("above its rate a key is told to wait, and others are not", async () => {
  const limited = await apiBench(() => ({ limits: { ...apiLimits, ratePerKeyPerSecond: 3 }, clock: frozen }));
  try {
    const answers = [];
    for (let n = 0; n < 4; n += 1) answers.push(await limited.call("/v1/api-keys"));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 429]);
    expect(answers.map((answer) => answer.headers["ratelimit-remaining"])).toEqual(["2", "1", "0", "0"]);
    expect(answers[3]?.headers["retry-after"]).toBe("1");
    expect((await limited.call("/v1/api-keys", { key: limited.otherKey })).status).toBe(200);
  } finally {
    await limited.close();
  }
});

const frozen = { now: () => 1_700_000_000_000, monotonic: () => 5000, after: () => ({ cancel: () => {} }) };

test("a fault of the server is logged under the request's id and tells nothing", async () => {
  const broken = await apiBench((all) => ({
    ingest: { ...all.ingest, accept: () => Promise.reject(new Error("rosebud at /etc/secret")) },
  }));
  try {
    const answer = await broken.call(events, { body: event });
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain("rosebud");
    expect(broken.logged).toMatchObject([{ fields: { requestId: problemSchema.parse(answer.json).requestId } }]);
  } finally {
    await broken.close();
  }
});

test("machines get health, readiness, metrics and the document without a key", async () => {
  expect((await bench.call("/healthz", { key: null })).json).toEqual({ status: "ok" });
  expect((await bench.call("/readyz", { key: null })).json).toEqual({
    status: "ready",
    checks: { store: { ok: true } },
  });
  expect((await bench.call("/metrics", { key: null })).text).toBe("up 1\n");
  expect((await bench.call("/openapi.json", { key: null })).json).toMatchObject({ openapi: "3.1.0" });
});

test("a process that is not ready says what is wrong", async () => {
  const unready = await apiBench(() => ({ readiness: async () => ({ store: { ok: false, detail: "disk full" } }) }));
  try {
    const answer = await unready.call("/readyz", { key: null });
    expect(answer.status).toBe(503);
    expect(answer.json).toEqual({ status: "unready", checks: { store: { ok: false, detail: "disk full" } } });
  } finally {
    await unready.close();
  }
});

test("feedback is verified over the raw body, and needs no key", async () => {
  const call = (path: string, raw: string) =>
    bench.call(path, { raw, key: null, headers: { "content-type": "application/x-www-form-urlencoded" } });
  expect((await call("/v1/feedback/hooks", "{not json")).json).toEqual({ accepted: 1 });
  expect((await call("/v1/feedback/hooks?environment=production", "a=b")).status).toBe(200);
  expect((await call("/v1/feedback/hooks", "forged")).status).toBe(401);
  expect((await call("/v1/feedback/hooks", "odd")).status).toBe(400);
  expect((await call("/v1/feedback/none", "a")).status).toBe(404);
  expect((await call("/v1/feedback/hooks?environment=none", "a")).status).toBe(404);
});
