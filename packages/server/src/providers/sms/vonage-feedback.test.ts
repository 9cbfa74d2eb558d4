import { createHmac, createSecretKey, hash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { signJwt } from "../../lib/jwt.ts";
import type { FeedbackRequest, FeedbackResult } from "../../ports/provider.ts";
import { vonageSms } from "./vonage.ts";

const signatureSecret = "a signature secret".replaceAll(" ", "-");
const now = Date.parse("2026-03-01T12:00:00Z");
const seconds = now / 1000;
const settings = (more: object = {}) =>
  vonageSms.schema.parse({ apiKey: "abcd1234", apiSecret: "secret", from: "Shop", signatureSecret, ...more });

async function ask(request: Partial<FeedbackRequest>, more: object = {}): Promise<FeedbackResult> {
  const url = "https://tidings.example.com/v1/feedback/sms?environment=production";
  const whole = { url, headers: {}, rawBody: Buffer.alloc(0), now, ...request };
  const result = await vonageSms.feedback?.(settings(more), whole, { http: { request: () => expect.unreachable() } });
  return result ?? expect.unreachable();
}

/** By the words of Vonage's page on signing messages. */
function signed(fields: Record<string, string>, { secret = signatureSecret, method = "sha256" } = {}) {
  const text = Object.keys(fields)
    .sort()
    .map((name) => `&${name}=${(fields[name] ?? "").replace(/[&=]/g, "_")}`)
    .join("");
  return { ...fields, sig: createHmac(method, secret).update(text).digest("hex").toUpperCase() };
}
const post = (fields: object, more: object = {}) => ask({ rawBody: Buffer.from(JSON.stringify(fields)) }, more);
const receipt = (more: Record<string, string>) => ({
  msisdn: "436601234567",
  to: "Shop",
  messageId: "0A1",
  "message-timestamp": "2026-03-01 11:59:00",
  timestamp: String(seconds - 60),
  nonce: "aaaa",
  "client-ref": "m-1",
  ...more,
});
const kinds = (result: FeedbackResult) =>
  result.status === "verified" ? result.feedback.map(({ kind }) => kind) : result.status;

describe("delivery receipts of Vonage", () => {
  it.each([
    ["delivered", "0", ["delivered"]],
    ["accepted", "0", []],
    ["buffered", "0", []],
    ["unknown", "1", []],
    ["toString", "1", []],
    ["expired", "1", ["soft_bounced"]],
    ["failed", "1", ["failed"]],
    ["failed", "2", ["soft_bounced"]],
    ["failed", "3", ["bounced"]],
    ["failed", "4", ["bounced"]],
    ["undelivered", "6", ["failed"]],
    ["rejected", "9", ["failed", "unsubscribed"]],
    ["rejected", "99", ["failed"]],
  ])("reads %s with err-code %s", async (status, code, expected) => {
    expect(kinds(await post(signed(receipt({ status, "err-code": code }))))).toEqual(expected);
  });

  it("names our message, Vonage's code and the time", async () => {
    expect(await post(signed(receipt({ status: "failed", "err-code": "3" })))).toEqual({
      status: "verified",
      feedback: [{ messageId: "m-1", kind: "bounced", at: now - 60_000, code: "3" }],
    });
  });

  it("takes a form as well as JSON, and either method that is set", async () => {
    const fields = signed(receipt({ status: "delivered", text: "a&b=c" }), { method: "sha512" });
    const rawBody = Buffer.from(new URLSearchParams(fields).toString());
    expect(kinds(await ask({ rawBody }, { signatureMethod: "sha512" }))).toEqual(["delivered"]);
    expect((await ask({ rawBody })).status).toBe("forged");
  });

  it("drops what carries no id of ours", async () => {
    const { "client-ref": _ref, ...fields } = receipt({ status: "delivered" });
    expect(await post(signed(fields))).toEqual({ status: "verified", feedback: [] });
  });

  it("refuses what is forged, altered, unsigned, or of an integration without a secret", async () => {
    const fields = signed(receipt({ status: "delivered" }));
    expect((await post(fields)).status).toBe("verified");
    const { sig: _sig, ...unsigned } = fields;
    const forged = [
      unsigned,
      { ...fields, status: "failed" },
      { ...fields, more: "x" },
      { ...fields, sig: "" },
      { ...fields, sig: 1 },
      { ...fields, nonce: 1 },
      signed(receipt({ status: "delivered" }), { secret: "other" }),
      // two fields written as one
      { "client-ref=m-1&message-timestamp": "x", sig: fields.sig },
    ];
    for (const one of forged) expect((await post(one)).status, JSON.stringify(one)).toBe("forged");
    expect((await post(fields, { signatureSecret: undefined })).status).toBe("forged");
    for (const body of ["", "[]", "null", "{", "%"])
      expect((await ask({ rawBody: Buffer.from(body) })).status, body).toBe("forged");
  });

  it("refuses a name that could be read as two, though its signature fits", async () => {
    const odd = { "a=b&status": "delivered", timestamp: String(seconds) };
    expect((await post(signed(odd))).status).toBe("forged");
  });

  it.each([
    [-86_400, "verified"],
    [-86_400 - 301, "forged"],
    [299, "verified"],
    [301, "forged"],
    [Number.NaN, "forged"],
  ])("lets Vonage push again for a day: %i s", async (offset, status) => {
    const fields = receipt({ status: "delivered", timestamp: String(seconds + offset) });
    expect((await post(signed(fields))).status).toBe(status);
  });

  it("names the place of what is malformed", async () => {
    const body = JSON.stringify({ ...receipt({}), status: { a: 1 } });
    expect(await byToken(body)).toMatchObject({ status: "malformed", detail: "wrong at status" });
    expect(await byToken("{}")).toMatchObject({ status: "malformed", detail: "wrong at msisdn" });
    expect(await byToken('{"message_uuid":"u","channel":"whatsapp","from":"1"}')).toMatchObject({
      detail: "wrong at channel",
    });
  });
});

describe("SMS that come back to Vonage", () => {
  it("hears one by the SMS API", async () => {
    const fields = {
      msisdn: "436601234567",
      to: "15558675310",
      messageId: "0B1",
      text: "STOP",
      type: "text",
      keyword: "STOP",
      "message-timestamp": "2026-03-01 11:59:30",
      timestamp: String(seconds - 30),
      nonce: "bbbb",
    };
    expect(await post(signed(fields))).toEqual({
      status: "verified",
      feedback: [],
      inbound: [{ id: "0B1", from: "+436601234567", text: "STOP", at: now - 30_000 }],
    });
  });

  it("hears one by the Messages API", async () => {
    const message = {
      channel: "sms",
      message_uuid: "u-1",
      from: "436601234567",
      to: "1555",
      message_type: "text",
      text: "Hi",
    };
    expect(await byToken(JSON.stringify({ ...message, timestamp: "2026-03-01T11:59:00Z" }))).toEqual({
      status: "verified",
      feedback: [],
      inbound: [{ id: "u-1", from: "+436601234567", text: "Hi", at: now - 60_000 }],
    });
    const status = { message_uuid: "u-1", client_ref: "m-1", status: "rejected", timestamp: "2026-03-01T13:00:00Z" };
    expect(await byToken(JSON.stringify(status))).toEqual({
      status: "verified",
      feedback: [{ messageId: "m-1", kind: "failed", at: now }],
    });
  });
});

const key = (secret: string) => createSecretKey(Buffer.from(secret));
const claimsFor = (body: string) => ({
  iat: seconds,
  jti: "j-1",
  iss: "Vonage",
  api_key: "abcd1234",
  payload_hash: hash("sha256", body, "hex"),
});
function byToken(body: string, claims: object = {}, { secret = signatureSecret, at = now, token = "" } = {}) {
  const made = signJwt("HS256", key(secret), { ...claimsFor(body), ...claims });
  return ask({ headers: { authorization: `Bearer ${token || made}` }, rawBody: Buffer.from(body), now: at });
}

describe("tokens of Vonage", () => {
  const body = JSON.stringify({ status: "delivered", "client-ref": "m-1" });

  it("takes a token of its secret over the body, also over the body without its blanks", async () => {
    expect(kinds(await byToken(body, { exp: seconds + 60 }))).toEqual(["delivered"]);
    const spaced = JSON.stringify(JSON.parse(body), null, 2);
    expect(kinds(await byToken(spaced, { payload_hash: hash("sha256", body, "hex") }))).toEqual(["delivered"]);
  });

  it.each([
    ["of another secret", {}, { secret: "other" }],
    ["over another body", { payload_hash: hash("sha256", "{}", "hex") }, {}],
    ["over no body", { payload_hash: undefined }, {}],
    ["of another account", { api_key: "zzzz" }, {}],
    ["that is too old", { iat: seconds - 301 }, {}],
    ["of the future", { iat: seconds + 301 }, {}],
    ["that has ended", { exp: seconds - 301 }, {}],
    ["without a time", { iat: undefined }, {}],
    ["that is none", {}, { token: "a.b.c" }],
  ])("refuses one %s", async (_name, claims, more) => {
    expect((await byToken(body, claims, more)).status).toBe("forged");
  });

  it("refuses one that says it needs no key", async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const token = `${part({ alg: "none", typ: "JWT" })}.${part(claimsFor(body))}.`;
    expect((await byToken(body, {}, { token })).status).toBe("forged");
  });

  it("does not fall back to the other signature where there is a token", async () => {
    const fields = JSON.stringify(signed(receipt({ status: "delivered" })));
    expect((await byToken(fields, {}, { secret: "other" })).status).toBe("forged");
  });
});
