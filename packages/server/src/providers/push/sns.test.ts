import { afterEach, describe, expect, it } from "vitest";
import type { OutboundMessage } from "../../ports/provider.ts";
import { outbound, testEnvironment } from "../testing/environment.ts";
import { type HttpVendor, httpVendorConformance, startVendor } from "../testing/http-vendor.ts";
import type { RecordedCall } from "../testing/servers.ts";
import { snsAction, snsFault, snsForm, snsSuccess } from "../testing/sns-vendor.ts";
import { snsEndpoints } from "./sns.ts";

const account = { region: "eu-central-1", accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI" };
const settings = (more: object = {}) => snsEndpoints.schema.parse({ ...account, ...more });
const arn = (platform: string): string =>
  `arn:aws:sns:eu-central-1:123456789012:endpoint/${platform}/shop/2e7d2d5c-0b8e-3c5d-8f5e-3e7f2b9c9d11`;

const textOf = (call: RecordedCall): unknown => JSON.parse(snsForm(call)["Message"] ?? "{}").default;
const vendor: HttpVendor = {
  name: "sns push",
  channel: "push",
  to: arn("GCM"),
  create: (baseUrl, environment) => snsEndpoints.create(settings({ baseUrl }), environment),
  changes: (id) => ({ content: { subject: "Hello", text: id } }),
  idsIn: (call) => (snsAction(call) === "Publish" ? [String(textOf(call))] : null),
  accepted: () => snsSuccess("567910cd-659e-55d4-8ccb-5aaf14679dc0"),
  transient: snsFault(500, "InternalError"),
  permanent: snsFault(400, "InvalidParameter"),
  rateLimited: snsFault(429, "Throttled"),
  malformed: { status: 200, body: "fine" },
  refusals: [
    {
      name: "a disabled endpoint is not contacted again",
      reply: snsFault(400, "EndpointDisabled", "Endpoint is disabled"),
      outcome: { kind: "permanent", suppress: true, code: "EndpointDisabled" },
    },
    {
      name: "an endpoint that was deleted is not contacted again",
      reply: snsFault(404, "NotFound", "Endpoint does not exist"),
      outcome: { kind: "permanent", suppress: true, code: "endpoint_deleted" },
    },
    {
      name: "an endpoint that was deleted, in other words",
      reply: snsFault(
        400,
        "InvalidParameter",
        "Invalid parameter: TargetArn Reason: No endpoint found for the target arn specified",
      ),
      outcome: { kind: "permanent", suppress: true, code: "endpoint_deleted" },
    },
    {
      name: "a platform whose certificate ended is the integration's fault",
      reply: snsFault(400, "PlatformApplicationDisabled"),
      outcome: { kind: "transient", scope: "integration" },
    },
    {
      name: "a payload that is none is refused for good",
      reply: snsFault(400, "InvalidParameter", "Invalid parameter: JSON must contain an entry for 'default'"),
      outcome: { kind: "permanent", code: "InvalidParameter" },
    },
  ],
};
httpVendorConformance(vendor);

describe("push by SNS", () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });
  async function sent(changes: Partial<OutboundMessage>, to: string) {
    const server = await startVendor(vendor, (_call, response) => response.end(snsSuccess("m-1").body));
    const environment = testEnvironment();
    cleanups.push(server.close, environment.close);
    const subject = snsEndpoints.create(settings({ baseUrl: `http://127.0.0.1:${server.port}` }), environment);
    const [outcome] = await subject.send([outbound("push", to, changes)], {
      callId: "c",
      timeoutMs: 10_000,
      signal: AbortSignal.timeout(10_000),
    });
    const [call] = server.calls;
    const { Message = "{}", ...form } = call === undefined ? {} : snsForm(call);
    const message: Record<string, string> = JSON.parse(Message);
    return { outcome, form, message };
  }
  const push = {
    url: "https://acme.test/orders/1",
    imageUrl: "https://acme.test/a.png",
    data: { order: "1", aps: "x" },
    badge: 3,
    sound: "default",
    collapseKey: "order-1",
  };
  const content = { subject: "Shipped", text: "It is on its way", push };
  const inAnHour = () => Date.now() + 3_600_000;

  it.each(["APNS", "APNS_SANDBOX"])("sends what APNs takes to an endpoint of %s", async (platform) => {
    const { outcome, form, message } = await sent({ content, expiresAt: inAnHour() }, arn(platform));
    expect(outcome).toEqual({ status: "accepted", providerMessageId: "m-1" });
    expect(form).toEqual({
      Action: "Publish",
      Version: "2010-03-31",
      TargetArn: arn(platform),
      MessageStructure: "json",
      "AWS.SNS.MOBILE.APNS.PUSH_TYPE": "String alert",
      "AWS.SNS.MOBILE.APNS.PRIORITY": "String 10",
      "AWS.SNS.MOBILE.APNS.COLLAPSE_ID": "String order-1",
      [`AWS.SNS.MOBILE.${platform}.TTL`]: expect.stringMatching(/^String 3(?:599|600)$/),
    });
    expect(Object.keys(message)).toEqual(["default", platform]);
    expect(message["default"]).toBe("It is on its way");
    expect(JSON.parse(message[platform] ?? "")).toEqual({
      order: "1",
      url: "https://acme.test/orders/1",
      imageUrl: "https://acme.test/a.png",
      aps: {
        alert: { title: "Shipped", body: "It is on its way" },
        badge: 3,
        sound: "default",
        "mutable-content": 1,
      },
    });
  });

  it("sends what FCM takes to an endpoint of GCM", async () => {
    const { form, message } = await sent({ content, lane: "marketing", expiresAt: inAnHour() }, arn("GCM"));
    expect(Object.keys(form).sort()).toEqual(["Action", "MessageStructure", "TargetArn", "Version"]);
    expect(Object.keys(message)).toEqual(["default", "GCM"]);
    expect(JSON.parse(message["GCM"] ?? "")).toEqual({
      fcmV1Message: {
        message: {
          notification: { title: "Shipped", body: "It is on its way", image: "https://acme.test/a.png" },
          data: { order: "1", aps: "x", url: "https://acme.test/orders/1" },
          android: {
            priority: "normal",
            collapse_key: "order-1",
            ttl: expect.stringMatching(/^3(?:599|600)s$/),
            notification: { sound: "default", tag: "order-1", notification_count: 3 },
          },
        },
      },
    });
  });

  it("sends nothing that it does not have", async () => {
    const apple = await sent({ content: { text: "Hello" }, lane: "marketing" }, arn("APNS"));
    expect(JSON.parse(apple.message["APNS"] ?? "")).toEqual({ aps: { alert: { body: "Hello" } } });
    expect(apple.form["AWS.SNS.MOBILE.APNS.PRIORITY"]).toBe("String 5");
    expect(apple.form).not.toHaveProperty("AWS.SNS.MOBILE.APNS.TTL");
    const google = await sent({ content: { text: "Hello" } }, arn("GCM"));
    expect(JSON.parse(google.message["GCM"] ?? "")).toEqual({
      fcmV1Message: { message: { notification: { body: "Hello" }, android: { priority: "high", notification: {} } } },
    });
    expect((await sent({ content: { text: "Hello" } }, arn("ADM"))).message).toEqual({ default: "Hello" });
  });

  it("lets a message that has ended live no longer, and leaves out a key that APNs would refuse", async () => {
    const changes = { content: { text: "x", push: { collapseKey: "k".repeat(65) } }, expiresAt: Date.now() - 5000 };
    const { form } = await sent(changes, arn("APNS"));
    expect(form["AWS.SNS.MOBILE.APNS.TTL"]).toBe("String 0");
    expect(form).not.toHaveProperty("AWS.SNS.MOBILE.APNS.COLLAPSE_ID");
  });

  it("refuses what no platform takes", async () => {
    const long = { content: { text: "é".repeat(2100) } };
    expect((await sent(long, arn("APNS"))).outcome).toMatchObject({ kind: "permanent", code: "content_invalid" });
    expect((await sent(long, arn("GCM"))).outcome).toMatchObject({ kind: "permanent", code: "content_invalid" });
    expect((await sent({ content: {} }, arn("GCM"))).outcome).toMatchObject({ code: "content_invalid" });
    expect((await sent({ content }, `${arn("GCM")}/x`)).outcome).toMatchObject({ code: "address_invalid" });
    expect((await sent({ content }, "arn:aws:sns:eu-central-1:123456789012:topic")).outcome).toMatchObject({
      code: "address_invalid",
    });
  });

  it("serves endpoints of SNS alone", () => {
    const serves = (to: string) => snsEndpoints.serves?.(to);
    expect(serves(arn("GCM"))).toBe(true);
    expect(serves(arn("APNS").replace("arn:aws:", "arn:aws-cn:"))).toBe(true);
    for (const to of ["a".repeat(64), "dGVzdA:APA91b", '{"endpoint":"https://x"}', "arn:aws:sns:eu-central-1:1:topic"])
      expect(serves(to), to).toBe(false);
  });
});
