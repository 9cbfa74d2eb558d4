import { expect, it } from "vitest";
import { sign } from "../../lib/standard-webhooks.ts";
import { reported } from "../testing/mail-vendor.ts";
import { resend } from "./resend.ts";

const key = Buffer.alloc(24, 1);
const secretOf = (bytes: Buffer) => `whsec_${bytes.toString("base64")}`;
const settings = { apiKey: "k", from: "a@shop.test", webhookSecret: secretOf(key) };
const id = "01890000-0000-8000-8000-00000000000a";
const created_at = "2026-02-22T23:41:12.126Z";
const at = Date.parse(created_at);

const signed = (body: string, seconds = Math.floor(Date.now() / 1000), by = key): Record<string, string> => ({
  "svix-id": "msg_1",
  "svix-timestamp": String(seconds),
  "svix-signature": sign([by], "msg_1", seconds, body),
});
const event = (type: string, data: object = {}) => ({
  type,
  created_at,
  data: { email_id: "x", to: ["a@b.test"], created_at: "2026-01-01T00:00:00Z", tags: { tidings_message: id }, ...data },
});
const tell = (value: unknown) => {
  const body = JSON.stringify(value);
  return reported(resend, settings, { headers: signed(body), body });
};

it.each([
  [event("email.delivered"), { kind: "delivered" }],
  [event("email.complained"), { kind: "complained" }],
  [event("email.opened"), { kind: "opened" }],
  [event("email.clicked", { click: { link: "https://shop.test" } }), { kind: "clicked" }],
  [event("email.failed", { failed: { reason: "reached_daily_quota" } }), { kind: "failed" }],
  [event("email.suppressed", { suppressed: { type: "OnAccountSuppressionList" } }), { kind: "bounced" }],
  [event("email.bounced", { bounce: { type: "Permanent", subType: "General" } }), { kind: "bounced", code: "General" }],
  [
    event("email.bounced", { bounce: { type: "Transient", subType: "MailboxFull" } }),
    { kind: "soft_bounced", code: "MailboxFull" },
  ],
  [event("email.bounced", { bounce: { type: "Undetermined" } }), { kind: "soft_bounced", code: "Undetermined" }],
  [event("email.bounced", { bounce: { type: "says a@b.test" } }), { kind: "bounced" }],
  [event("email.bounced"), { kind: "bounced" }],
])("reads %j", async (value, feedback) => {
  expect(await tell(value)).toEqual({ status: "verified", feedback: [{ messageId: id, at, ...feedback }] });
});

it.each([
  event("email.sent"),
  event("email.scheduled"),
  event("email.delivery_delayed"),
  event("email.received"),
  event("contact.created"),
  event("toString"),
  event("email.bounced", { tags: {} }),
  event("email.bounced", { tags: [{ name: "tidings_message", value: 1 }] }),
  { type: "email.bounced" },
  [],
])("drops %j", async (value) => {
  expect(await tell(value)).toEqual({ status: "verified", feedback: [] });
});

it("names the place where a signed report is wrong", async () => {
  expect(await tell({ ...event("email.opened"), created_at: "then" })).toEqual({
    status: "malformed",
    detail: "wrong at created_at",
  });
  expect(await reported(resend, settings, { headers: signed("x"), body: "x" })).toEqual({
    status: "malformed",
    detail: "not JSON",
  });
});

it("believes a secret that is being replaced, and the one that replaces it", async () => {
  const body = JSON.stringify(event("email.opened"));
  const both = { ...settings, webhookSecret: `${secretOf(Buffer.alloc(32, 2))} ${secretOf(key)}` };
  for (const by of [key, Buffer.alloc(32, 2)])
    expect(await reported(resend, both, { headers: signed(body, undefined, by), body })).toMatchObject({
      status: "verified",
    });
});

it("believes nothing that is forged, altered, old, from the future, or unsigned", async () => {
  const body = JSON.stringify(event("email.bounced"));
  const seconds = Math.floor(Date.now() / 1000);
  const good = signed(body, seconds);
  const sent = (headers: Record<string, string>, text = body, now = Date.now()) =>
    reported(resend, settings, { headers, body: text, now });
  expect(await sent(good)).toMatchObject({ status: "verified" });
  const forgeries = [
    sent(good, body.replace("bounced", "opened")),
    sent({ ...good, "svix-id": "msg_2" }),
    sent({ ...good, "svix-timestamp": String(seconds + 1) }),
    sent({ ...good, "svix-signature": "v1," }),
    sent(signed(body, seconds, Buffer.alloc(24, 9))),
    sent(good, body, seconds * 1000 + 300_001),
    sent(good, body, seconds * 1000 - 300_001),
    sent({}),
    reported(resend, { apiKey: "k", from: "a@shop.test" }, { headers: good, body }),
  ];
  for (const each of forgeries) expect(await each).toEqual({ status: "forged" });
});
