import { generateKeyPairSync, sign } from "node:crypto";
import { expect, it } from "vitest";
import { reported } from "../testing/mail-vendor.ts";
import { sendgrid } from "./sendgrid.ts";

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const webhookPublicKey = publicKey.export({ type: "spki", format: "der" }).toString("base64");
const settings = { apiKey: "k", from: "a@shop.test", webhookPublicKey };
const id = "01890000-0000-8000-8000-00000000000a";

const seconds = (now = Date.now()) => String(Math.floor(now / 1000));
const signed = (body: string, timestamp = seconds()) => ({
  "x-twilio-email-event-webhook-timestamp": timestamp,
  "x-twilio-email-event-webhook-signature": sign("sha256", Buffer.from(timestamp + body), privateKey).toString(
    "base64",
  ),
});
const tell = (events: unknown) => {
  const body = JSON.stringify(events);
  return reported(sendgrid, settings, { headers: signed(body), body });
};
const event = (fields: object) => ({ email: "x@y.test", timestamp: 1_513_299_569, tidings_message: id, ...fields });

it.each([
  [{ event: "delivered", response: "250 OK" }, "delivered"],
  [{ event: "bounce", type: "bounce", status: "5.1.1" }, "bounced"],
  [{ event: "bounce", type: "blocked", status: "5.7.1" }, "soft_bounced"],
  [{ event: "bounce", type: "expired" }, "soft_bounced"],
  [{ event: "bounce" }, "bounced"],
  [{ event: "dropped", reason: "Bounced Address" }, "bounced"],
  [{ event: "dropped", reason: "Invalid" }, "bounced"],
  [{ event: "dropped", reason: "Spam Reporting Address" }, "complained"],
  [{ event: "dropped", reason: "Unsubscribed Address" }, "unsubscribed"],
  [{ event: "dropped", reason: "Recipient List over Package Quota" }, "failed"],
  [{ event: "dropped" }, "failed"],
  [{ event: "spamreport" }, "complained"],
  [{ event: "unsubscribe" }, "unsubscribed"],
  [{ event: "group_unsubscribe" }, "unsubscribed"],
  [{ event: "open", sg_machine_open: false }, "opened"],
  [{ event: "click", url: "https://shop.test" }, "clicked"],
])("reads %j as %s", async (fields, kind) => {
  const code = "status" in fields ? { code: fields.status } : {};
  const feedback = [{ messageId: id, kind, at: 1_513_299_569_000, ...code }];
  expect(await tell([event(fields)])).toEqual({ status: "verified", feedback });
});

it("drops what moves nothing, machines' openings and other programs' mail, and keeps the rest of a call", async () => {
  const nothing = ["processed", "deferred", "group_resubscribe", "account_status_change"];
  const events = [
    ...nothing.map((name) => event({ event: name })),
    event({ event: "open", sg_machine_open: true }),
    { event: "bounce", timestamp: "then" },
    null,
    event({ event: "delivered" }),
  ];
  expect(await tell(events)).toMatchObject({ status: "verified", feedback: [{ kind: "delivered" }] });
});

it.each([
  ["not JSON", "nonsense", "not JSON"],
  ["no list", "{}", "wrong at its root"],
  [
    "a wrong time",
    JSON.stringify([event({ event: "open" }), event({ event: "open", timestamp: "x" })]),
    "wrong at 1.timestamp",
  ],
])("names the place where a signed report is wrong: %s", async (_, body, detail) => {
  expect(await reported(sendgrid, settings, { headers: signed(body), body })).toEqual({ status: "malformed", detail });
});

it("believes nothing that is forged, altered, old, from the future, or unsigned", async () => {
  const body = JSON.stringify([event({ event: "bounce" })]);
  const forgers = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
  const good = signed(body);
  const sent = (headers: Record<string, string>, text = body, now = Date.now()) =>
    reported(sendgrid, settings, { headers, body: text, now });
  expect(await sent(good)).toMatchObject({ status: "verified" });
  const timestamp = good["x-twilio-email-event-webhook-timestamp"];
  const forgeries = [
    sent(good, body.replace("bounce", "spamreport")),
    sent({ ...good, "x-twilio-email-event-webhook-timestamp": String(Number(timestamp) + 1) }),
    sent({
      ...good,
      "x-twilio-email-event-webhook-signature": sign("sha256", Buffer.from(timestamp + body), forgers).toString(
        "base64",
      ),
    }),
    sent({ ...good, "x-twilio-email-event-webhook-signature": "" }),
    sent(good, body, Number(timestamp) * 1000 + 300_001),
    sent(good, body, Number(timestamp) * 1000 - 300_001),
    sent({}),
    reported(sendgrid, { apiKey: "k", from: "a@shop.test" }, { headers: good, body }),
  ];
  for (const each of forgeries) expect(await each).toEqual({ status: "forged" });
  expect(await sent(good, body, Number(timestamp) * 1000 + 300_000)).toMatchObject({ status: "verified" });
});
