import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { FeedbackResult } from "../../ports/provider.ts";
import { genericHttp } from "./http.ts";

const webhookSecret = "0123456789abcdef";
const now = 1_700_000_000_000;
const table = { done: "delivered", gone: "bounced", stop: "unsubscribed", mo: "inbound" };
const webhook = {
  signature: { type: "hmac-sha256", header: "X-Signature", prefix: "sha256=" },
  events: "events",
  kind: { path: "type", table },
  messageId: "meta.ref",
  at: { path: "time", unit: "seconds" },
  code: "reason",
  inbound: { id: "id", from: "from", text: "text" },
};
const sign = (text: string, encoding: "hex" | "base64" = "hex") =>
  createHmac("sha256", webhookSecret).update(text).digest(encoding);

function read(
  body: unknown,
  headers?: Record<string, string | string[]>,
  changes: object = {},
): FeedbackResult | Promise<FeedbackResult> | undefined {
  const rawBody = typeof body === "string" ? body : JSON.stringify(body);
  return genericHttp.feedback?.(
    genericHttp.schema.parse({
      baseUrl: "https://api.example.com",
      request: { path: "/" },
      webhook: { ...webhook, ...changes },
      webhookSecret,
    }),
    {
      url: "https://x",
      headers: headers ?? { "x-signature": `sha256=${sign(rawBody)}` },
      rawBody: Buffer.from(rawBody),
      now,
    },
    { http: { request: () => expect.unreachable() } },
  );
}

const done = { type: "done", meta: { ref: "m1" }, time: 1_699_999_999 };

describe("reports read by data", () => {
  it("have kind, time and code; what is not named, or is of nobody's message, is passed over", () => {
    const events = [
      done,
      { ...done, type: "gone", reason: "550", time: 1_699_999_998.5 },
      { ...done, type: "stop", reason: "she said: no" },
      { ...done, type: "queued" },
      { ...done, type: "constructor" },
      { ...done, meta: {} },
      { type: "mo", id: 5, from: "+4366012345", text: "STOP", time: 1_699_999_999 },
    ];
    expect(read({ events })).toEqual({
      status: "verified",
      feedback: [
        { messageId: "m1", kind: "delivered", at: 1_699_999_999_000 },
        { messageId: "m1", kind: "bounced", at: 1_699_999_998_500, code: "550" },
        { messageId: "m1", kind: "unsubscribed", at: 1_699_999_999_000 },
      ],
      inbound: [{ id: "5", from: "+4366012345", text: "STOP", at: 1_699_999_999_000 }],
    });
  });

  it("may be one event that is the whole body, timed in another way or not at all", () => {
    const at = (time: unknown, unit: string) =>
      read({ ...done, time }, undefined, { events: "", at: { path: "time", unit } });
    const timed = (ms: number) => ({ feedback: [{ messageId: "m1", kind: "delivered", at: ms }] });
    expect(at("2023-11-14T22:13:20Z", "iso")).toMatchObject(timed(now));
    expect(at("1699999999999", "milliseconds")).toMatchObject(timed(1_699_999_999_999));
    expect(read(done, undefined, { events: "", at: undefined })).toMatchObject(timed(now));
    expect(read([done, done], undefined, { events: "" })).toMatchObject({ feedback: [{}, {}] });
  });

  it("are malformed with their place", () => {
    expect(read("nonsense")).toEqual({ status: "malformed", detail: "not JSON" });
    expect(read({})).toEqual({ status: "malformed", detail: "wrong at events" });
    expect(read({ events: [done, 3] })).toEqual({ status: "malformed", detail: "wrong at events[1].type" });
    for (const time of ["soon", null, {}, -1, 1e30])
      expect(read({ events: [{ ...done, time }] })).toEqual({ status: "malformed", detail: "wrong at events[0].time" });
    expect(read({ events: [{ type: "mo", id: 1, text: "x", time: 1 }] })).toEqual({
      status: "malformed",
      detail: "wrong at events[0].from",
    });
    expect(read({ events: Array(10_001).fill(done) })).toEqual({ status: "malformed", detail: "wrong at events" });
  });
});

describe("a signature", () => {
  const body = JSON.stringify({ events: [done] });

  it("that is missing, another's, doubled, or of another body is forged, before anything is read", () => {
    const forged = { status: "forged" };
    expect(read("nonsense", {})).toEqual(forged);
    expect(read(body, { "x-signature": sign(body) })).toEqual(forged);
    expect(read(body, { "x-signature": `sha256=${sign(body).toUpperCase()}` })).toEqual(forged);
    expect(read(`${body} `, { "x-signature": `sha256=${sign(body)}` })).toEqual(forged);
    expect(read(body, { "x-signature": [`sha256=${sign(body)}`] })).toEqual(forged);
    expect(read(body, { "x-signature": "sha256=" })).toEqual(forged);
  });

  it("may cover a time, which must be near", () => {
    const signature = {
      type: "hmac-sha256",
      header: "x-signature",
      encoding: "base64",
      signed: "timestamp.body",
      timestampHeader: "X-Time",
    };
    const at = (time: string, signed = time, more: object = {}) =>
      read(
        body,
        { "x-signature": sign(`${signed}.${body}`, "base64"), "x-time": time },
        { signature: { ...signature, ...more } },
      );
    expect(at("1700000300")).toMatchObject({ status: "verified" });
    expect(at("1699999700")).toMatchObject({ status: "verified" });
    for (const old of ["1699999699", "1700000301", "", "x", "1.7e9"])
      expect(at(old), old).toEqual({ status: "forged" });
    expect(at("1700000000", "1700000001")).toEqual({ status: "forged" });
    expect(at("1700000000000", undefined, { timestampUnit: "milliseconds" })).toMatchObject({ status: "verified" });
    expect(read(body, { "x-signature": sign(`.${body}`, "base64") }, { signature })).toEqual({ status: "forged" });
  });

  it("may be a shared secret", () => {
    const signature = { type: "token", header: "Authorization", prefix: "Bearer " };
    const by = (authorization: string) => read(body, { authorization }, { signature });
    expect(by(`Bearer ${webhookSecret}`)).toMatchObject({ status: "verified" });
    for (const given of [webhookSecret, `Bearer ${webhookSecret}x`, "Bearer ", ""])
      expect(by(given), given).toEqual({ status: "forged" });
  });

  it("is never right where no webhook is described", () => {
    const settings = genericHttp.schema.parse({ baseUrl: "https://x.example", request: { path: "/" } });
    const request = { url: "", headers: {}, rawBody: Buffer.from("{}"), now };
    expect(genericHttp.feedback?.(settings, request, { http: { request: () => expect.unreachable() } })).toEqual({
      status: "forged",
    });
  });
});
