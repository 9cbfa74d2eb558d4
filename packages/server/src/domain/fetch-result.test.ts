import { type FetchStep, fetchStepSchema } from "@tidings/contract/workflows";
import { describe, expect, test } from "vitest";
import { type AfterFetch, afterFetch, type FetchAnswer } from "./fetch-result.ts";
import { hostOf } from "./steps/fetch-step.ts";

const step = (over: object = {}): FetchStep =>
  fetchStepSchema.parse({ id: "f", type: "fetch", request: { method: "GET", url: "https://a.example/" }, ...over });
const busy: FetchAnswer = { status: "failed", kind: "transient", code: "503", statusCode: 503 };
const refused: FetchAnswer = { status: "failed", kind: "permanent", code: "404", statusCode: 404 };

const delayOf = (after: AfterFetch): number => (after.kind === "retry" ? after.delayMs : Number.NaN);

describe("after a try of a fetch step", () => {
  test("an answer is the step's result", () => {
    const answer: FetchAnswer = { status: "answered", statusCode: 200, body: { stock: 3 } };
    expect(afterFetch(step(), answer, 1, 0)).toEqual({
      kind: "journal",
      result: { status: 200, body: { stock: 3 } },
    });
  });

  test("what may pass is tried again, ever later, spread over half of the delay, not before it was asked for", () => {
    const tries = [1, 2, 3, 4, 5];
    expect(tries.map((n) => delayOf(afterFetch(step({ retries: 5 }), busy, n, 0)))).toEqual([
      500, 2500, 15_000, 60_000, 300_000,
    ]);
    expect(tries.map((n) => delayOf(afterFetch(step({ retries: 5 }), busy, n, 0.999999)))).toEqual([
      1000, 5000, 30_000, 120_000, 600_000,
    ]);
    expect(afterFetch(step(), { ...busy, retryAfterMs: 9000 }, 1, 0)).toEqual({ kind: "retry", delayMs: 9000 });
  });

  test.each([
    [undefined, 3],
    [0, 0],
    [5, 5],
  ])("with %s retries it is tried again %i times, and then fails", (retries, count) => {
    const own = step(retries === undefined ? {} : { retries });
    const kinds = Array.from({ length: count + 1 }, (_, index) => afterFetch(own, busy, index + 1, 0).kind);
    expect(kinds).toEqual([...Array.from({ length: count }, () => "retry"), "dead"]);
  });

  test("what no other try would change fails at once, and the run with it unless the step says that it goes on", () => {
    expect(afterFetch(step(), refused, 1, 0)).toEqual({ kind: "dead", detail: "f: 404" });
    expect(afterFetch(step({ onError: "continue" }), refused, 1, 0)).toEqual({
      kind: "journal",
      result: { error: "404", status: 404 },
    });
    const unreached: FetchAnswer = { status: "failed", kind: "transient", code: "timeout" };
    expect(afterFetch(step({ onError: "continue", retries: 0 }), unreached, 1, 0)).toEqual({
      kind: "journal",
      result: { error: "timeout" },
    });
  });
});

describe("the request of a fetch step", () => {
  test.each([
    ["https://Shop.example/a", "shop.example"],
    ["http://shop.example:8080?x={{data.x}}", "shop.example:8080"],
    ["https://shop.example", "shop.example"],
    ["https://[2001:db8::1]:8/{{data.x}}", "[2001:db8::1]:8"],
  ])("%s goes to %s", (url, host) => {
    expect(hostOf(step({ request: { method: "GET", url } }))).toBe(host);
  });

  test.each([
    "https://{{data.host}}/",
    "https://shop.{{data.host}}/",
    "https://user:secret@shop.example/",
    "https://shop.example\\@evil.example/",
    "//shop.example/",
    "ftp://shop.example/",
    "{{data.url}}",
    "https:///x",
  ])("%s is refused: data must not decide whom it goes to", (url) => {
    const parsed = fetchStepSchema.safeParse({ id: "f", type: "fetch", request: { method: "GET", url } });
    expect(parsed.error?.issues.map(({ path }) => path.join("."))).toEqual(["request.url"]);
  });

  test.each([{ Host: "x" }, { "idempotency-key": "x" }, { "a b": "x" }, { A: "x", a: "y" }])(
    "headers %o are refused",
    (headers) => {
      const request = { method: "GET", url: "https://shop.example/", headers };
      expect(fetchStepSchema.safeParse({ id: "f", type: "fetch", request }).success).toBe(false);
    },
  );

  test("a body is not sent with GET", () => {
    const request = { method: "GET", url: "https://shop.example/", body: "{}" };
    expect(fetchStepSchema.safeParse({ id: "f", type: "fetch", request }).success).toBe(false);
  });
});
