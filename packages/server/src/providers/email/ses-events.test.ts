import { expect, it } from "vitest";
import type { OutboundHttp } from "../../ports/provider.ts";
import { type SnsFields, signedSns, snsCertificate, snsRequest, snsTopic } from "../testing/sns-signer.ts";
import { ses } from "./ses.ts";

/*
 * Events in the form of docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html, through `feedback` as a
 * whole: signed, and read.
 */
const http: OutboundHttp = {
  request: async () => ({ status: "response", statusCode: 200, headers: {}, body: Buffer.from(snsCertificate) }),
};
const settings = ses.schema.parse({
  region: "eu-central-1",
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "x",
  from: "a@acme.test",
  feedbackTopicArn: snsTopic,
});
const feedback = (message: SnsFields | string) =>
  ses.feedback?.(settings, snsRequest(message), { http }) ?? expect.unreachable();
const said = (message: unknown) =>
  feedback(signedSns({ Message: typeof message === "string" ? message : JSON.stringify(message) }));

const messageId = "0b6a2a4e-6f0c-4d6e-9d8e-7f0a4b1c2d3e";
const mail = {
  timestamp: "2026-11-30T10:00:00.012Z",
  source: "Acme <noreply@acme.test>",
  messageId: "EXAMPLE7c191be45-e9aedb9a-02f9-4d12-a87d-dd0099a07f8a-000000",
  destination: ["jane@example.com"],
  tags: { "ses:configuration-set": ["main"], "tidings-message": [messageId] },
};
const timestamp = "2026-11-30T10:01:02.669Z";
const at = Date.parse(timestamp);
const bounce = (bounceType: string, bounceSubType: string) => ({
  eventType: "Bounce",
  mail,
  bounce: {
    bounceType,
    bounceSubType,
    bouncedRecipients: [{ emailAddress: "jane@example.com", status: "5.1.1", diagnosticCode: "smtp; 550 jane" }],
    timestamp,
    feedbackId: "01000157c44f053b",
    reportingMTA: "dsn; mta.example.com",
  },
});
const complaint = (more: object = {}) => ({ eventType: "Complaint", mail, complaint: { timestamp, ...more } });
const left = (now: object, before: object) => ({
  eventType: "Subscription",
  mail,
  subscription: { contactList: "news", timestamp, newTopicPreferences: now, oldTopicPreferences: before },
});
const topics = (subscriptionStatus: string, unsubscribeAll = false) => ({
  unsubscribeAll,
  topicSubscriptionStatus: [{ topicName: "weekly", subscriptionStatus }],
});

it.each<[string, object, string[], string?]>([
  ["a delivery", { eventType: "Delivery", mail, delivery: { timestamp } }, ["delivered"]],
  ["a permanent bounce", bounce("Permanent", "General"), ["bounced"], "Permanent/General"],
  ["no such mailbox", bounce("Permanent", "NoEmail"), ["bounced"], "Permanent/NoEmail"],
  ["SES's own list", bounce("Permanent", "Suppressed"), ["bounced"], "Permanent/Suppressed"],
  [
    "the account's list",
    bounce("Permanent", "OnAccountSuppressionList"),
    ["bounced"],
    "Permanent/OnAccountSuppressionList",
  ],
  [
    "a list that was left",
    bounce("Permanent", "UnsubscribedRecipient"),
    ["failed", "unsubscribed"],
    "Permanent/UnsubscribedRecipient",
  ],
  ["a full mailbox", bounce("Transient", "MailboxFull"), ["soft_bounced"], "Transient/MailboxFull"],
  ["a transient bounce", bounce("Transient", "General"), ["soft_bounced"], "Transient/General"],
  ["a kind of bounce that is new", bounce("Transient", "BrandNew"), ["soft_bounced"], "Transient/BrandNew"],
  ["a mail that was too large", bounce("Transient", "MessageTooLarge"), ["failed"], "Transient/MessageTooLarge"],
  ["content that was refused", bounce("Transient", "ContentRejected"), ["failed"], "Transient/ContentRejected"],
  ["a file that was refused", bounce("Transient", "AttachmentRejected"), ["failed"], "Transient/AttachmentRejected"],
  ["a bounce of no known kind", bounce("Undetermined", "Undetermined"), ["soft_bounced"], "Undetermined/Undetermined"],
  ["a complaint", complaint({ complaintFeedbackType: "abuse" }), ["complained"], "abuse"],
  ["a complaint without a report", complaint({ complaintSubType: null }), ["complained"]],
  [
    "an address that complained before",
    complaint({ complaintSubType: "OnAccountSuppressionList" }),
    ["failed", "complained"],
    "OnAccountSuppressionList",
  ],
  ["no spam", complaint({ complaintFeedbackType: "not-spam" }), []],
  ["an open", { eventType: "Open", mail, open: { timestamp, ipAddress: "192.0.2.1" } }, ["opened"]],
  ["a click", { eventType: "Click", mail, click: { timestamp, link: "https://a.test" } }, ["clicked"]],
  ["an end of all", left(topics("OptOut", true), topics("OptIn")), ["unsubscribed"]],
  ["the end of a topic", left(topics("OptOut"), topics("OptIn")), ["unsubscribed"]],
  ["no end", left(topics("OptIn"), topics("OptOut")), []],
  ["an end that was before", left(topics("OptOut"), topics("OptOut")), []],
  ["a mail that was sent", { eventType: "Send", mail, send: {} }, []],
  ["a delay", { eventType: "DeliveryDelay", mail, deliveryDelay: { delayType: "SpamDetected", timestamp } }, []],
  ["an event that is new", { eventType: "BrandNew", mail }, []],
  ["an event with the name of a property", { eventType: "constructor", mail }, []],
  ["a bounce with the name of a property", bounce("constructor", "toString"), []],
])("reads %s", async (_name, event, kinds, code) => {
  const rest = code === undefined ? {} : { code };
  expect(await said(event)).toEqual({
    status: "verified",
    feedback: kinds.map((kind) => ({ messageId, kind, at, ...rest })),
  });
});

it.each([
  ["a mail with a virus", { eventType: "Reject", mail, reject: { reason: "Bad content" } }, "Reject"],
  [
    "a template that could not be filled",
    { eventType: "Rendering Failure", mail, failure: { errorMessage: "of jane@example.com", templateName: "T" } },
    "RenderingFailure",
  ],
])("reads %s, by the time of the mail", async (_name, event, code) => {
  const sent = Date.parse(mail.timestamp);
  expect(await said(event)).toEqual({ status: "verified", feedback: [{ messageId, kind: "failed", at: sent, code }] });
});

it("reads the older notifications, by the header that they are told to hold", async () => {
  const { eventType: notificationType, mail: given, ...rest } = bounce("Permanent", "General");
  const { tags: _, ...untagged } = given;
  const headers = [
    { name: "Subject", value: "Hello" },
    { name: "X-Tidings-Message", value: messageId },
  ];
  const old = { notificationType, ...rest, mail: { ...untagged, headersTruncated: false, headers } };
  expect(await said(old)).toEqual({
    status: "verified",
    feedback: [{ messageId, kind: "bounced", at, code: "Permanent/General" }],
  });
  expect(await said({ notificationType, ...rest, mail: untagged })).toEqual({ status: "verified", feedback: [] });
});

it("drops what is not about a mail of ours, and what SES says when it tries a topic", async () => {
  const { tags: _, ...untagged } = mail;
  for (const message of [
    "Successfully validated SNS topic for Amazon SES event publishing.",
    { notificationType: "AmazonSnsSubscriptionSucceeded", mail: untagged },
    { eventType: "Delivery", mail: untagged, delivery: { timestamp } },
    { eventType: "Delivery", mail: { ...mail, tags: { "tidings-message": [] } }, delivery: { timestamp } },
  ])
    expect(await said(message)).toEqual({ status: "verified", feedback: [] });
});

it("names the place of what is malformed, and throws for nothing", async () => {
  const at = async (message: unknown) => {
    const result = await said(message);
    return result.status === "malformed" ? result.detail : result;
  };
  expect(await at([])).toBe("wrong at its root");
  expect(await at("7")).toBe("wrong at its root");
  expect(await at({ eventType: "Delivery" })).toBe("wrong at mail");
  expect(await at({ eventType: "Delivery", mail: { ...mail, timestamp: 7 } })).toBe("wrong at mail.timestamp");
  expect(await at({ eventType: "Delivery", mail, delivery: { timestamp: "soon" } })).toBe("wrong at timestamp");
  expect(await at({ eventType: "Open", mail, open: "yes" })).toBe("wrong at open");
  for (const odd of [7, "x", [], {}, null, { a: 1 }, { "tidings-message": "x" }, { "tidings-message": [1] }])
    expect(await said({ eventType: "Delivery", mail: { ...mail, tags: odd, headers: odd } })).toEqual({
      status: "verified",
      feedback: [],
    });
  for (const odd of [7, [], {}, null, "x".repeat(1000)]) {
    expect((await said({ ...bounce("Permanent", "General"), eventType: odd })).status).toBe("verified");
    const given = bounce("Permanent", "General");
    const strange = { ...given, bounce: { ...given.bounce, bounceType: odd, bounceSubType: odd } };
    expect(await said(strange)).toEqual({ status: "verified", feedback: [] });
  }
});

it("believes nothing that is not signed", async () => {
  const message = signedSns({ Message: JSON.stringify(bounce("Permanent", "General")) });
  const altered = { ...message, Message: message.Message?.replace("Permanent", "Transient") ?? "" };
  expect(await feedback(message)).toMatchObject({ status: "verified", feedback: [{ kind: "bounced" }] });
  expect(await feedback(altered)).toEqual({ status: "forged" });
  expect(await feedback(JSON.stringify(bounce("Permanent", "General")))).toMatchObject({ status: "malformed" });
});

it("lets no words of a vendor into a code", async () => {
  const result = await said(complaint({ complaintFeedbackType: "abuse by jane@example.com" }));
  expect(result).toEqual({ status: "verified", feedback: [{ messageId, kind: "complained", at }] });
});
