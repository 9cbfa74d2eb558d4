import { expect, it } from "vitest";
import { reported } from "../testing/mail-vendor.ts";
import { postmark } from "./postmark.ts";

const settings = { serverToken: "t", from: "a@shop.test", webhookUsername: "postmark", webhookPassword: "s:cret ü" };
const id = "01890000-0000-8000-8000-00000000000a";
const at = Date.parse("2014-08-01T17:28:10.273Z");
const time = "2014-08-01T13:28:10.2735393-04:00";

const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });
const headers = basic("postmark:s:cret ü");
const tell = (fields: object) =>
  reported(postmark, settings, {
    headers,
    body: JSON.stringify({ MessageID: "883953f4", Metadata: { tidings_message: id }, ...fields }),
  });
const bounce = (Type: string) => ({ RecordType: "Bounce", ID: 42, Type, Inactive: true, BouncedAt: time });
const change = (SuppressionReason: string | null, Origin = "Recipient", SuppressSending = true) => ({
  RecordType: "SubscriptionChange",
  ChangedAt: time,
  SuppressionReason,
  Origin,
  SuppressSending,
});

it.each([
  [{ RecordType: "Delivery", DeliveredAt: time }, "delivered"],
  [{ RecordType: "SpamComplaint", Type: "SpamComplaint", BouncedAt: time }, "complained"],
  [{ RecordType: "Open", FirstOpen: true, ReceivedAt: time }, "opened"],
  [{ RecordType: "Click", OriginalLink: "https://shop.test", ReceivedAt: time }, "clicked"],
  [change("ManualSuppression"), "unsubscribed"],
  [change("HardBounce"), "bounced"],
  [change("SpamComplaint"), "complained"],
])("reads %j as %s", async (event, kind) => {
  expect(await tell(event)).toEqual({ status: "verified", feedback: [{ messageId: id, kind, at }] });
});

it.each([
  ["HardBounce", "bounced"],
  ["BadEmailAddress", "bounced"],
  ["SoftBounce", "soft_bounced"],
  ["DnsError", "soft_bounced"],
  ["SpamComplaint", "complained"],
  ["Unsubscribe", "unsubscribed"],
  ["SpamNotification", "failed"],
  ["VirusNotification", "failed"],
  ["ManuallyDeactivated", "failed"],
  ["Blocked", "failed"],
  ["SMTPApiError", "failed"],
  ["DMARCPolicy", "failed"],
  ["TemplateRenderingFailed", "failed"],
  ["Unknown", "failed"],
])("reads a bounce of the type %s as %s", async (type, kind) => {
  const feedback = [{ messageId: id, kind, at, code: type }];
  expect(await tell(bounce(type))).toEqual({ status: "verified", feedback });
});

it.each([
  ...["Transient", "AutoResponder", "AddressChange", "Subscribe", "OpenRelayTest", "InboundError", "toString"].map(
    bounce,
  ),
  change(null, "Recipient", false),
  change("ManualSuppression", "Customer"),
  { RecordType: "Inbound", From: "x@y.test" },
  { RecordType: "SomethingNew" },
  { RecordType: "constructor" },
  { ...bounce("HardBounce"), Metadata: {} },
  { ...bounce("HardBounce"), Metadata: undefined },
])("drops %j", async (event) => {
  expect(await tell(event)).toEqual({ status: "verified", feedback: [] });
});

it.each([
  [
    JSON.stringify({ ...bounce("HardBounce"), BouncedAt: "then", Metadata: { tidings_message: id } }),
    "wrong at BouncedAt",
  ],
  ["nonsense", "not JSON"],
])("names the place where a report is wrong", async (body, detail) => {
  expect(await reported(postmark, settings, { headers, body })).toEqual({ status: "malformed", detail });
});

it("believes only who knows user and password, before it reads anything", async () => {
  const body = "nonsense";
  const forgeries: Record<string, string>[] = [
    {},
    { authorization: "" },
    { authorization: "Basic" },
    { authorization: "Bearer x" },
    basic(""),
    basic("postmark:"),
    basic("postmark:s:cret"),
    basic("Postmark:s:cret ü"),
    basic("postmark:s:cret ü "),
  ];
  for (const each of forgeries)
    expect(await reported(postmark, settings, { headers: each, body })).toEqual({ status: "forged" });
  const without = { serverToken: "t", from: "a@shop.test" };
  for (const each of [headers, basic(":"), basic("undefined:undefined")])
    expect(await reported(postmark, without, { headers: each, body })).toEqual({ status: "forged" });
});
