import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { FeedbackResult } from "../../ports/provider.ts";
import { readTwilio } from "./feedback.ts";

const accountSid = `AC${"a1".repeat(16)}`;
const authToken = "12345";
const now = Date.parse("2026-03-01T12:00:00Z");
const inboundUrl = "https://tidings.example.com/v1/feedback/sms?environment=production";
const url = `${inboundUrl}&message=m-1`;

const signature = (signed: string, token = authToken) => createHmac("sha1", token).update(signed).digest("base64");
/** By the words of Twilio's page: the address, and behind it names and values in order. */
const signed = (called: string, fields: Record<string, string>) =>
  signature(
    called +
      Object.keys(fields)
        .sort()
        .map((name) => name + fields[name])
        .join(""),
  );

interface Call {
  called?: string;
  seen?: string;
  header?: string;
  body?: string;
}
function read(
  fields: Record<string, string>,
  { called = url, seen = called, header, body }: Call = {},
): FeedbackResult {
  return readTwilio(
    { accountSid, authToken },
    {
      url: seen,
      headers: { "x-twilio-signature": header ?? signed(called, fields) },
      rawBody: Buffer.from(body ?? new URLSearchParams(fields).toString()),
      now,
    },
  );
}
const message = (MessageStatus: string, more: Record<string, string> = {}) =>
  read({ AccountSid: accountSid, MessageSid: "SM1", SmsStatus: MessageStatus, MessageStatus, To: "+43660", ...more });
const kinds = (result: FeedbackResult) =>
  result.status === "verified" ? result.feedback.map(({ kind }) => kind) : result.status;

describe("reports of Twilio", () => {
  it("fits the example of Twilio's page", () => {
    const fields = {
      CallSid: "CA1234567890ABCDE",
      Caller: "+14158675310",
      Digits: "1234",
      From: "+14158675310",
      To: "+18005551212",
    };
    const called = "https://example.com/myapp.php?foo=1&bar=2";
    expect(signed(called, fields)).toBe("L/OH5YylLD5NRKLltdqwSvS0BnU=");
    const header = "L/OH5YylLD5NRKLltdqwSvS0BnU=";
    expect(read(fields, { called, header }).status).not.toBe("forged");
  });

  it.each([
    ["delivered", {}, ["delivered"]],
    ["read", {}, ["read"]],
    ["undelivered", { ErrorCode: "30003" }, ["soft_bounced"]],
    ["undelivered", { ErrorCode: "30005" }, ["bounced"]],
    ["undelivered", { ErrorCode: "30006" }, ["bounced"]],
    ["undelivered", { ErrorCode: "30007" }, ["failed"]],
    ["undelivered", { ErrorCode: "30008" }, ["failed"]],
    ["failed", { ErrorCode: "21610" }, ["failed", "unsubscribed"]],
    ["failed", { ErrorCode: "63016" }, ["failed"]],
    ["failed", { ErrorCode: "toString" }, ["failed"]],
    ["failed", {}, ["failed"]],
    ["canceled", {}, ["failed"]],
  ] satisfies [string, Record<string, string>, string[]][])(
    "reads a message that is %s %j",
    (status, more, expected) => {
      expect(kinds(message(status, more))).toEqual(expected);
    },
  );

  it.each(["accepted", "scheduled", "queued", "sending", "sent", "constructor", ""])(
    "drops that it is %j",
    (status) => {
      expect(message(status)).toEqual({ status: "verified", feedback: [] });
    },
  );

  it("names our message, Twilio's code and the time", () => {
    expect(message("undelivered", { ErrorCode: "30005" })).toEqual({
      status: "verified",
      feedback: [{ messageId: "m-1", kind: "bounced", at: now, code: "30005" }],
    });
    const call = { CallSid: "CA1", CallStatus: "busy", Timestamp: "Sun, 01 Mar 2026 11:59:00 +0000" };
    expect(read(call)).toEqual({
      status: "verified",
      feedback: [{ messageId: "m-1", kind: "soft_bounced", at: now - 60_000, code: "busy" }],
    });
  });

  it.each([
    ["completed", ["delivered"]],
    ["no-answer", ["soft_bounced"]],
    ["failed", ["failed"]],
    ["canceled", ["failed"]],
    ["ringing", []],
  ])("reads a call that is %s", (CallStatus, expected) => {
    const result = read({ CallSid: "CA1", CallStatus, Timestamp: "Sun, 01 Mar 2026 13:00:00 +0000" });
    expect(kinds(result)).toEqual(expected);
    if (result.status === "verified") for (const { at } of result.feedback) expect(at).toBe(now);
  });

  it("drops what carries no id of ours", () => {
    const fields = { MessageSid: "SM1", MessageStatus: "delivered" };
    for (const called of [inboundUrl, `${inboundUrl}&message=`, `${inboundUrl}&message=${"x".repeat(201)}`])
      expect(read(fields, { called })).toEqual({ status: "verified", feedback: [] });
  });

  it("hears an SMS and one on WhatsApp, and answers with no instruction", () => {
    const fields = {
      MessageSid: "SM9",
      SmsStatus: "received",
      From: "+436601234567",
      To: "+1555",
      Body: "STOP & więcej",
    };
    const result = read(fields, { called: inboundUrl });
    expect(result).toMatchObject({
      status: "verified",
      feedback: [],
      inbound: [{ id: "SM9", from: "+436601234567", text: "STOP & więcej", at: now }],
      answer: { contentType: "text/xml", body: expect.stringContaining("<Response/>") },
    });
    expect(read({ ...fields, From: "whatsapp:+436601234567" }, { called: inboundUrl })).toMatchObject({
      inbound: [{ from: "whatsapp:+436601234567", channel: "chat" }],
    });
    const { Body: _body, ...media } = { ...fields, NumMedia: "1" };
    expect(read(media, { called: inboundUrl })).toMatchObject({ inbound: [{ text: "" }] });
    expect(read({ Hello: "there" })).toMatchObject({ status: "malformed" });
  });

  it("takes the address with and without its port, as Twilio signs either", () => {
    const fields = { MessageSid: "SM1", MessageStatus: "delivered" };
    const [plain, ported] = [url, url.replace("example.com", "example.com:443")];
    expect(kinds(read(fields, { called: ported, seen: plain }))).toEqual(["delivered"]);
    expect(kinds(read(fields, { called: plain, seen: ported }))).toEqual(["delivered"]);
    const odd = url.replace("example.com", "example.com:8443");
    expect(kinds(read(fields, { called: odd }))).toEqual(["delivered"]);
    expect(kinds(read(fields, { called: odd.replace(":8443", ":1"), seen: ported }))).toBe("forged");
  });

  it("refuses what is forged, altered, for another message, or of an integration without its token", () => {
    const fields = { MessageSid: "SM1", MessageStatus: "delivered" };
    const header = signed(url, fields);
    expect(kinds(read(fields, { header }))).toEqual(["delivered"]);
    expect(read({ ...fields, MessageStatus: "failed" }, { header }).status).toBe("forged");
    expect(read({ ...fields, More: "x" }, { header }).status).toBe("forged");
    expect(read(fields, { header, seen: url.replace("m-1", "m-2") }).status).toBe("forged");
    expect(read(fields, { header: signature(`${url}MessageSidSM1MessageStatusdelivered`, "other") }).status).toBe(
      "forged",
    );
    for (const one of ["", "x", header.slice(1)]) expect(read(fields, { header: one }).status).toBe("forged");
    const request = { url, rawBody: Buffer.from("MessageStatus=delivered"), now };
    expect(readTwilio({ accountSid, authToken }, { ...request, headers: {} }).status).toBe("forged");
    expect(
      readTwilio({ accountSid, authToken }, { ...request, url: "nonsense", headers: { "x-twilio-signature": "x" } })
        .status,
    ).toBe("forged");
    const keyless = {
      url,
      rawBody: Buffer.alloc(0),
      now,
      headers: { "x-twilio-signature": signature(url, "undefined") },
    };
    expect(readTwilio({ accountSid, apiKeySid: "SK", apiKeySecret: "s" }, keyless).status).toBe("forged");
  });

  it("checks a JSON body by the hash in the address", () => {
    const body = JSON.stringify({
      MessageSid: "SM1",
      MessageStatus: "delivered",
      Nested: { toString: 1 },
      ErrorCode: null,
    });
    const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");
    const called = `${url}&bodySHA256=${hashOf(body)}`;
    expect(kinds(read({}, { called, body }))).toEqual(["delivered"]);
    expect(read({}, { called, body: body.replace("delivered", "failed") }).status).toBe("forged");
    const forged = `${url}&bodySHA256=${hashOf(body.replace("delivered", "failed"))}`;
    expect(read({}, { called, seen: forged, body: body.replace("delivered", "failed") }).status).toBe("forged");
    for (const odd of ["[]", "null", "{"])
      expect(read({}, { called: `${url}&bodySHA256=${hashOf(odd)}`, body: odd }).status).toBe("malformed");
  });

  it("counts a field that comes several times once per value, in order", () => {
    const body = "MessageStatus=delivered&X=b&X=a&X=b";
    const header = signature(`${url}MessageStatusdeliveredXaXb`);
    expect(kinds(read({}, { header, body }))).toEqual(["delivered"]);
  });
});
