import { afterEach, expect, it } from "vitest";
import { httpVendorConformance } from "../testing/http-vendor.ts";
import {
  bulkOf,
  fault,
  idOf,
  sesMail,
  sesMails,
  sesVendor,
  sesWorld,
  singleOf,
  singlePath,
} from "../testing/ses-vendor.ts";

httpVendorConformance({
  ...sesVendor,
  refusals: [
    {
      name: "a mail that SES does not take is refused for good",
      reply: fault(400, "BadRequestException"),
      outcome: { kind: "permanent", code: "BadRequestException" },
    },
    {
      name: "content with a virus is refused for good",
      reply: fault(400, "MessageRejected"),
      outcome: { kind: "permanent", code: "MessageRejected" },
    },
    {
      name: "an address that nobody has verified holds up the integration",
      reply: fault(
        400,
        "MessageRejected",
        "Email address is not verified. The following identities failed the check in region EU-CENTRAL-1: a@b.test",
      ),
      outcome: { kind: "transient", scope: "integration", code: "identity_not_verified" },
    },
    {
      name: "a suspended account is the integration's fault",
      reply: fault(400, "AccountSuspendedException"),
      outcome: { kind: "transient", scope: "integration", code: "AccountSuspendedException" },
    },
    {
      name: "paused sending is the integration's fault",
      reply: fault(400, "SendingPausedException"),
      outcome: { kind: "transient", scope: "integration", code: "SendingPausedException" },
    },
    {
      name: "a domain that is not verified is the integration's fault",
      reply: fault(400, "MailFromDomainNotVerifiedException"),
      outcome: { kind: "transient", scope: "integration" },
    },
    {
      name: "too high a rate waits a second",
      reply: fault(429, "TooManyRequestsException", "Maximum sending rate exceeded."),
      outcome: { kind: "transient", scope: "integration", retryAfterMs: 1000 },
    },
    {
      name: "a quota that is used up waits an hour",
      reply: fault(429, "TooManyRequestsException", "Daily message quota exceeded."),
      outcome: { kind: "transient", scope: "integration", retryAfterMs: 3_600_000, code: "daily_quota_exceeded" },
    },
    {
      name: "the throttling that all of AWS has, named in the body",
      reply: { status: 400, body: { __type: "com.amazonaws.ses#ThrottlingException", message: "Rate exceeded" } },
      outcome: { kind: "transient", scope: "integration", retryAfterMs: 1000, code: "ThrottlingException" },
    },
    {
      name: "a configuration set that is not there is the integration's fault",
      reply: fault(404, "NotFoundException", "Configuration set <main> does not exist."),
      outcome: { kind: "transient", scope: "integration", code: "configuration_set_not_found" },
    },
    {
      name: "a template that is not there is the message's",
      reply: fault(404, "NotFoundException", "Template welcome does not exist"),
      outcome: { kind: "permanent", code: "NotFoundException" },
    },
    ...["SignatureDoesNotMatch", "UnrecognizedClientException", "ExpiredTokenException", "AccessDeniedException"].map(
      (type) => ({
        name: `${type} is the key's fault`,
        reply: fault(403, type),
        outcome: { kind: "transient", scope: "integration", code: type },
      }),
    ),
    {
      name: "a code that nobody knows is tried a few times, and told of",
      reply: fault(400, "BrandNewException"),
      outcome: { kind: "transient", code: "BrandNewException", unlisted: true, attemptsMax: 3 },
    },
    {
      name: "what is no code of a vendor is not logged",
      reply: { status: 400, headers: { "x-amzn-errortype": "jane@example.com was refused" } },
      outcome: { kind: "permanent", code: "400" },
    },
  ],
});

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

it("sends one mail with its sender, its tag and its headers, signed for the region", async () => {
  const { calls, send } = await sesWorld(cleanups, {
    from: { default: "a@acme.test", marketing: "Zoë of Acme, Inc. <news@bücher.example>" },
    replyTo: "Help <help@acme.test>",
    configurationSet: "main",
    fromArn: "arn:aws:ses:eu-central-1:123456789012:identity/acme.test",
    unsubscribeUrl: "https://acme.test/u/{recipient}",
    unsubscribeMailto: "mailto:u@acme.test?subject={message}",
    sessionToken: "token",
  });
  const message = sesMail({ lane: "marketing" });
  expect(await send(message)).toEqual([{ status: "accepted", providerMessageId: `ses-${message.id}` }]);
  const [call = expect.unreachable()] = calls;
  const amz = { method: "POST", url: singlePath };
  expect(call).toMatchObject(amz);
  expect(call.headers).toMatchObject({ "content-type": "application/json", "x-amz-security-token": "token" });
  expect(call.headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/\d{8}\/eu-central-1\/ses\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, /,
  );
  const value = (text: string) => ({ Data: text, Charset: "UTF-8" });
  expect(singleOf(call)).toEqual({
    FromEmailAddress: "=?UTF-8?Q?Zo=C3=AB_of_Acme=2C_Inc=2E?= <news@xn--bcher-kva.example>",
    ReplyToAddresses: ["Help <help@acme.test>"],
    ConfigurationSetName: "main",
    FromEmailAddressIdentityArn: "arn:aws:ses:eu-central-1:123456789012:identity/acme.test",
    Destination: { ToAddresses: ["jane@example.com"] },
    EmailTags: [{ Name: "tidings-message", Value: message.id }],
    Content: {
      Simple: {
        Subject: value("Grüße"),
        Body: { Text: value("Hello\n.\nworld"), Html: value("<p>Hello</p>") },
        Headers: [
          {
            Name: "List-Unsubscribe",
            Value: `<https://acme.test/u/user-1>, <mailto:u@acme.test?subject=${message.id}>`,
          },
          { Name: "List-Unsubscribe-Post", Value: "List-Unsubscribe=One-Click" },
          { Name: "X-Tidings-Message", Value: message.id },
          { Name: "Auto-Submitted", Value: "auto-generated" },
        ],
      },
    },
  });
});

it("brings the message's own link to leave, in single mails and in bulk", async () => {
  const { calls, send } = await sesWorld(cleanups);
  const unsubscribeUrl = "https://tidings.test/u/abc";
  await send(sesMail({ unsubscribeUrl }));
  await send(...sesMails(2, { unsubscribeUrl }));
  const [single = expect.unreachable(), bulk = expect.unreachable()] = calls;
  const expected = [
    { Name: "List-Unsubscribe", Value: "<https://tidings.test/u/abc>" },
    { Name: "List-Unsubscribe-Post", Value: "List-Unsubscribe=One-Click" },
  ];
  expect(singleOf(single).Content.Simple?.Headers).toEqual(expect.arrayContaining(expected));
  for (const { ReplacementHeaders } of bulkOf(bulk).BulkEmailEntries)
    expect(ReplacementHeaders).toEqual(expect.arrayContaining(expected));
});

it("composes a mail with files itself", async () => {
  const { calls, send } = await sesWorld(cleanups);
  const attachments = [{ filename: "a.txt", contentType: "text/plain", content: Buffer.from("the file") }];
  const message = sesMail({ content: { subject: "Grüße", text: "Hello", attachments } });
  expect(await send(message, sesMail())).toMatchObject([{ status: "accepted" }, { status: "accepted" }]);
  const raw = calls.map(singleOf).find(({ Content }) => Content.Raw !== undefined) ?? expect.unreachable();
  expect(idOf(raw.EmailTags)).toBe(message.id);
  const text = Buffer.from(raw.Content.Raw?.Data ?? "", "base64").toString();
  for (const line of [
    "From: Acme <noreply@acme.test>",
    "To: jane@example.com",
    `Message-ID: <${message.id}@acme.test>`,
    `X-Tidings-Message: ${message.id}`,
    "Auto-Submitted: auto-generated",
    "Content-Disposition: attachment;",
    Buffer.from("the file").toString("base64"),
  ])
    expect(text.split("\r\n")).toContain(line);
});

it("composes a mail itself whose header is longer than SES takes", async () => {
  const { calls, send } = await sesWorld(cleanups, {
    unsubscribeUrl: `https://acme.test/${"u".repeat(450)}/{recipient}`,
    unsubscribeMailto: `mailto:u@acme.test?subject=${"s".repeat(400)}{recipient}`,
  });
  const recipient = "r".repeat(150);
  const [first, ...others] = await send(...sesMails(3, { lane: "marketing", recipient }));
  expect([first, ...others].map((outcome) => outcome?.status)).toEqual(Array(3).fill("accepted"));
  for (const call of calls) {
    const text = Buffer.from(singleOf(call).Content.Raw?.Data ?? "", "base64").toString();
    expect(Math.max(...text.split("\r\n").map((line) => line.length))).toBeLessThanOrEqual(998);
    expect(text).toContain(`${recipient}>,\r\n <mailto:`);
  }
});

it("sends files beside a stored template", async () => {
  const { calls, send } = await sesWorld(cleanups);
  const attachments = [
    { filename: "a.txt", contentType: "text/plain", content: "dGhlIGZpbGU=" },
    { filename: "l.png", contentType: "image/png", content: Buffer.from("png"), contentId: "logo" },
  ];
  const content = { attachments, stored: { ids: { ses: "welcome" }, data: {} } };
  await send(sesMail({ content }), sesMail({ content }));
  expect(calls).toHaveLength(2);
  expect(singleOf(calls[0] ?? expect.unreachable()).Content.Template?.Attachments).toEqual([
    {
      FileName: "a.txt",
      ContentType: "text/plain",
      RawContent: "dGhlIGZpbGU=",
      ContentTransferEncoding: "BASE64",
      ContentDisposition: "ATTACHMENT",
    },
    expect.objectContaining({ ContentDisposition: "INLINE", ContentId: "logo", RawContent: "cG5n" }),
  ]);
});

it("holds a refusal for what a mail says against that mail alone", async () => {
  const { send } = await sesWorld(cleanups, {}, () => fault(400, "MessageRejected"));
  expect(await send(sesMail())).toEqual([{ status: "rejected", kind: "permanent", code: "MessageRejected" }]);
});

it("refuses what cannot be mailed, telling nothing of it", async () => {
  const { calls, send } = await sesWorld(cleanups);
  const outcomes = await send(
    sesMail({}, "secret"),
    sesMail({}, "jané@secret.test"),
    sesMail({ content: {} }),
    sesMail({ content: { subject: "a\r\nBcc: secret@b.test", text: "x" } }),
    sesMail({ lane: "marketing", unsubscribeUrl: `https://secret.test/${"u".repeat(1000)}` }),
  );
  expect(outcomes.map((outcome) => outcome.status === "rejected" && outcome.code)).toEqual([
    "address_invalid",
    "address_invalid",
    "content_invalid",
    "content_invalid",
    "content_invalid",
  ]);
  expect(JSON.stringify(outcomes)).not.toContain("secret");
  expect(calls).toEqual([]);
});
