import { createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { reported } from "../testing/mail-vendor.ts";
import { mailgun } from "./mailgun.ts";

const webhookSigningKey = "signing-key";
const settings = { apiKey: "k", domain: "mg.shop.test", from: "a@shop.test", webhookSigningKey };
const id = "01890000-0000-8000-8000-00000000000a";
const token = "f".repeat(50);

const nowSeconds = () => Math.floor(Date.now() / 1000);
/** Mailgun's documentation, "Securing webhooks": HMAC-SHA256 of timestamp and token, in hex. */
const signature = (timestamp = String(nowSeconds()), key = webhookSigningKey, by = token) => ({
  timestamp,
  token: by,
  signature: createHmac("sha256", key).update(timestamp).update(by).digest("hex"),
});
const data = (fields: object) => ({
  id: "G9Bn5sl1TC6nu79C8C0bwg",
  timestamp: 1_521_233_195.375624,
  recipient: "a@b.test",
  "user-variables": { tidings_message: id },
  ...fields,
});
const bodyOf = (event: unknown, signed: unknown = signature()) =>
  JSON.stringify({ signature: signed, "event-data": event });
const tell = (fields: object) => reported(mailgun, settings, { body: bodyOf(data(fields)) });

const failure = (reason: string, status: object = {}, severity = "permanent") => ({
  event: "failed",
  severity,
  reason,
  "delivery-status": { code: 550, message: "a@b.test is unknown", ...status },
});

it.each([
  [{ event: "delivered", "delivery-status": { code: 250 } }, { kind: "delivered" }],
  [failure("bounce", { "enhanced-code": "5.1.1", "bounce-type": "hard" }), { kind: "bounced", code: "5.1.1" }],
  [failure("bounce", { "enhanced-code": "", "bounce-type": "soft" }), { kind: "soft_bounced", code: "550" }],
  [failure("bounce"), { kind: "bounced", code: "550" }],
  [failure("suppress-bounce", { code: 605 }), { kind: "bounced", code: "605" }],
  [failure("suppress-unsubscribe", { code: 606 }), { kind: "unsubscribed", code: "606" }],
  [failure("suppress-complaint", { code: 607 }), { kind: "complained", code: "607" }],
  [failure("old", { code: 602 }), { kind: "soft_bounced", code: "602" }],
  [failure("generic"), { kind: "failed", code: "550" }],
  [failure("espblock"), { kind: "failed", code: "550" }],
  [failure("toString"), { kind: "failed", code: "550" }],
  [{ event: "rejected", reject: { reason: "virus" } }, { kind: "failed" }],
  [{ event: "complained" }, { kind: "complained" }],
  [{ event: "unsubscribed" }, { kind: "unsubscribed" }],
  [{ event: "opened", "client-info": { bot: "" } }, { kind: "opened" }],
  [{ event: "opened", "client-info": { bot: "gmail" } }, { kind: "opened" }],
  [{ event: "clicked", url: "https://shop.test" }, { kind: "clicked" }],
])("reads %j", async (fields, feedback) => {
  const result = await tell(fields);
  expect(result).toMatchObject({
    status: "verified",
    feedback: [{ messageId: id, at: 1_521_233_195_375, ...feedback }],
  });
  if (!("code" in feedback)) expect(result).not.toHaveProperty("feedback.0.code");
});

it.each([
  failure("generic", {}, "temporary"),
  failure("bounce", {}, "temporary"),
  { event: "accepted" },
  { event: "stored" },
  { event: "constructor" },
  { event: "opened", "client-info": { bot: "apple" } },
  { event: "clicked", "client-info": { bot: "generic" } },
  { event: "delivered", "user-variables": {} },
  { event: "delivered", "user-variables": [] },
])("drops %j", async (fields) => {
  expect(await tell(fields)).toMatchObject({ status: "verified", feedback: [] });
});

it("lets a token count for the body that it came with, as nothing else binds them", async () => {
  const body = bodyOf(data({ event: "delivered" }));
  expect(await reported(mailgun, settings, { body })).toMatchObject({ once: { key: token, body: Buffer.from(body) } });
  const foreign = bodyOf(data({ event: "delivered", "user-variables": {} }));
  expect(await reported(mailgun, settings, { body: foreign })).toMatchObject({ once: { key: token } });
});

it("names the place where a signed report is wrong", async () => {
  const result = await tell({ event: "delivered", timestamp: "then" });
  expect(result).toEqual({ status: "malformed", detail: "wrong at event-data.timestamp" });
});

it("believes nothing that is forged, old, from the future, or unsigned", async () => {
  const event = data({ event: "complained" });
  const seconds = nowSeconds();
  const good = signature(String(seconds));
  const sent = (signed: unknown, now = Date.now()) => reported(mailgun, settings, { body: bodyOf(event, signed), now });
  expect(await sent(good)).toMatchObject({ status: "verified" });
  expect(await sent({ ...good, timestamp: seconds })).toMatchObject({ status: "verified" });
  const forgeries = [
    sent({ ...good, token: "e".repeat(50) }),
    sent({ ...good, timestamp: String(seconds + 1) }),
    sent({ ...good, signature: "0".repeat(64) }),
    sent({ ...good, signature: good.signature.slice(2) }),
    sent({ ...good, signature: "" }),
    sent(signature(String(seconds), "another")),
    sent(good, seconds * 1000 + 300_001),
    sent(good, seconds * 1000 - 300_001),
    sent(null),
    sent({ timestamp: {}, token: [], signature: 1 }),
    reported(mailgun, settings, { body: "nonsense" }),
    reported(mailgun, { apiKey: "k", domain: "mg.shop.test", from: "a@shop.test" }, { body: bodyOf(event) }),
  ];
  for (const each of forgeries) expect(await each).toEqual({ status: "forged" });
});
