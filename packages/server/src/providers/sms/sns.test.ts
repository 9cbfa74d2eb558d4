import { afterEach, describe, expect, it } from "vitest";
import type { OutboundMessage } from "../../ports/provider.ts";
import { outbound, testEnvironment } from "../testing/environment.ts";
import { type HttpVendor, httpVendorConformance, startVendor } from "../testing/http-vendor.ts";
import { snsAction, snsFault, snsForm, snsSuccess } from "../testing/sns-vendor.ts";
import { snsSms } from "./sns.ts";

const account = { region: "eu-central-1", accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI" };
const settings = (more: object = {}) => snsSms.schema.parse({ ...account, ...more });

const vendor: HttpVendor = {
  name: "sns sms",
  channel: "sms",
  to: "+4915112345678",
  create: (baseUrl, environment) => snsSms.create(settings({ baseUrl }), environment),
  changes: (id) => ({ content: { text: `code ${id}` } }),
  idsIn: (call) => (snsAction(call) === "Publish" ? [snsForm(call)["Message"]?.replace("code ", "") ?? ""] : null),
  accepted: () => snsSuccess("567910cd-659e-55d4-8ccb-5aaf14679dc0"),
  transient: snsFault(500, "InternalError"),
  permanent: snsFault(400, "InvalidParameter"),
  rateLimited: snsFault(429, "Throttled"),
  malformed: { status: 200, body: "<PublishResponse></PublishResponse>" },
  refusals: [
    {
      name: "a number that answered STOP is not contacted again",
      reply: snsFault(400, "OptedOut"),
      outcome: { kind: "permanent", suppress: true, code: "OptedOut" },
    },
    {
      name: "a number that is none is refused for good",
      reply: snsFault(400, "InvalidParameter", "Invalid parameter: PhoneNumber Reason: +49 is not valid"),
      outcome: { kind: "permanent", code: "InvalidParameter" },
    },
    {
      name: "a value that is none is refused for good",
      reply: snsFault(400, "ParameterValueInvalid"),
      outcome: { kind: "permanent" },
    },
    {
      name: "throttling waits a second",
      reply: snsFault(400, "Throttling", "Rate exceeded"),
      outcome: { kind: "transient", scope: "integration", retryAfterMs: 1000 },
    },
    ...["AuthorizationError", "InvalidSecurity", "InvalidClientTokenId", "SignatureDoesNotMatch"].map((code) => ({
      name: `${code} is the key's fault`,
      reply: snsFault(403, code),
      outcome: { kind: "transient", scope: "integration", code },
    })),
    {
      name: "a code that nobody knows is tried a few times, and told of",
      reply: snsFault(400, "BrandNew"),
      outcome: { kind: "transient", unlisted: true, attemptsMax: 3 },
    },
  ],
};
httpVendorConformance(vendor);

describe("SMS by SNS", () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });
  async function world(more: object = {}) {
    const server = await startVendor(vendor, (_call, response) =>
      response.end(snsSuccess("567910cd-659e-55d4-8ccb-5aaf14679dc0").body),
    );
    const environment = testEnvironment();
    cleanups.push(server.close, environment.close);
    const subject = snsSms.create(settings({ baseUrl: `http://127.0.0.1:${server.port}/sns/`, ...more }), environment);
    const send = (changes: Partial<OutboundMessage> = {}, to = vendor.to) =>
      subject.send([outbound("sms", to, { content: { text: "Grüße & more = +1" }, ...changes })], {
        callId: "c",
        timeoutMs: 10_000,
        signal: AbortSignal.timeout(10_000),
      });
    return { ...server, send };
  }

  it("publishes to the number, in the class of its lane, with what the settings say", async () => {
    const { calls, send } = await world({ senderId: "ACME", originationNumber: "+12065550100", maxPrice: 0.05 });
    expect(await send()).toEqual([{ status: "accepted", providerMessageId: "567910cd-659e-55d4-8ccb-5aaf14679dc0" }]);
    const [call = expect.unreachable()] = calls;
    expect(call).toMatchObject({ method: "POST", url: "/sns/" });
    expect(call.headers.authorization).toMatch(/\/eu-central-1\/sns\/aws4_request, /);
    expect(snsForm(call)).toEqual({
      Action: "Publish",
      Version: "2010-03-31",
      PhoneNumber: "+4915112345678",
      Message: "Grüße & more = +1",
      "AWS.SNS.SMS.SMSType": "String Transactional",
      "AWS.SNS.SMS.SenderID": "String ACME",
      "AWS.MM.SMS.OriginationNumber": "String +12065550100",
      "AWS.SNS.SMS.MaxPrice": "Number 0.05",
    });
  });

  it.each([
    ["critical", "String Transactional"],
    ["transactional", "String Transactional"],
    ["marketing", "String Promotional"],
  ] as const)("sends %s messages as %s", async (lane, type) => {
    const { calls, send } = await world();
    await send({ lane });
    expect(snsForm(calls[0] ?? expect.unreachable())).toMatchObject({ "AWS.SNS.SMS.SMSType": type });
  });

  it("refuses what SNS cannot send, telling nothing of it", async () => {
    const { calls, send } = await world();
    const code = async (changes: Partial<OutboundMessage>, to?: string) => {
      const [outcome] = await send(changes, to);
      expect(JSON.stringify(outcome)).not.toContain("secret");
      return outcome?.status === "rejected" && outcome.kind === "permanent" && outcome.code;
    };
    for (const to of ["secret", "4915112345678", "+0151123456", "+49 151 12345678", "+4915112345678&Action=x"])
      expect(await code({}, to), to).toBe("address_invalid");
    for (const content of [
      {},
      { text: "" },
      { text: "x".repeat(1601) },
      { text: "secret", mediaUrls: ["https://secret.test/a.png"] },
    ])
      expect(await code({ content })).toBe("content_invalid");
    expect(calls).toEqual([]);
  });

  it.each([{ senderId: "12345" }, { senderId: "a b" }, { originationNumber: "x" }, { maxPrice: 0 }, { other: 1 }])(
    "takes no settings such as %j",
    (change) => {
      expect(snsSms.schema.safeParse({ ...account, ...change }).success).toBe(false);
    },
  );

  it("asks for the account's settings to see whether the key works", async () => {
    const probe = async (reply: ReturnType<typeof snsFault>) => {
      const other = { ...vendor, idsIn: () => null, other: () => reply };
      const server = await startVendor(other, () => undefined);
      const environment = testEnvironment();
      cleanups.push(server.close, environment.close);
      const subject = snsSms.create(settings({ baseUrl: `http://127.0.0.1:${server.port}` }), environment);
      return subject.probe?.({ callId: "c", timeoutMs: 10_000, signal: AbortSignal.timeout(10_000) });
    };
    expect(await probe({ status: 200, body: "<GetSMSAttributesResponse/>" })).toEqual({ status: "ok" });
    expect(await probe(snsFault(403, "AuthorizationError"))).toMatchObject({ status: "unchecked" });
    expect(await probe(snsFault(403, "InvalidClientTokenId"))).toMatchObject({
      status: "failed",
      code: "InvalidClientTokenId",
    });
  });
});
