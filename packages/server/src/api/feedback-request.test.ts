import { afterAll, beforeAll, expect, test } from "vitest";
import type { FeedbackRequest } from "../ports/provider.ts";
import { type ApiBench, apiBench } from "./bench.conformance.ts";

let bench: ApiBench;
const asked: FeedbackRequest[] = [];
beforeAll(async () => {
  bench = await apiBench(() => ({
    verifyFeedback: async (_environmentId, integration, request) => {
      asked.push(request);
      const answer = { contentType: "text/xml", body: "<Response/>" };
      return integration === "answering"
        ? { status: "verified", feedback: [], answer }
        : { status: "verified", feedback: [] };
    },
  }));
});
afterAll(() => bench.close());

const report = (path: string) => bench.call(path, { key: null, method: "POST", raw: "a=b" });

test("a query of the vendor's, and our message's id in it, reach the provider with the whole URL", async () => {
  const path = "/v1/feedback/phones?environment=development&message=m-1&bodySHA256=ab&message=m-2";
  expect((await report(path)).status).toBe(200);
  const { url, rawBody } = asked.at(-1) ?? expect.unreachable();
  expect(new URL(url).pathname + new URL(url).search).toBe(path);
  expect(rawBody.toString()).toBe("a=b");
});

test("an environment that is none is refused, and asks no provider", async () => {
  const before = asked.length;
  expect((await report("/v1/feedback/phones?environment=no%20key&message=m-1")).status).toBe(400);
  expect((await report("/v1/feedback/phones?environment=a&environment=b")).status).toBe(400);
  expect(asked).toHaveLength(before);
});

test("the vendor reads what its provider answers", async () => {
  const { status, headers } = await report("/v1/feedback/answering");
  expect([status, headers["content-type"]]).toEqual([200, expect.stringContaining("text/xml")]);
});
