import { readFileSync } from "node:fs";
import { createServer, globalAgent } from "node:https";
import { createRequire } from "node:module";
import { GetAccountCommand, SESv2Client, SendBulkEmailCommand, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { afterEach, describe, expect, test } from "vitest";
import { AwsSigner } from "../../packages/server/src/lib/aws-signature.ts";
import type { OutboundMessage, Provider, ProviderDefinition } from "../../packages/server/src/ports/provider.ts";
import { readSnsMessage } from "../../packages/server/src/providers/aws/sns-messages.ts";
import { ses } from "../../packages/server/src/providers/email/ses.ts";
import { snsEndpoints } from "../../packages/server/src/providers/push/sns.ts";
import { snsSms } from "../../packages/server/src/providers/sms/sns.ts";
import { outbound, testEnvironment } from "../../packages/server/src/providers/testing/environment.ts";
import { portOf, type RecordedCall, startRecorder } from "../../packages/server/src/providers/testing/servers.ts";
import {
  type SnsFields,
  signedConfirmation,
  signedSns,
  snsCertificate,
  snsCertificatePath,
  snsRequest,
  snsTopic,
} from "../../packages/server/src/providers/testing/sns-signer.ts";
import { snsSuccess } from "../../packages/server/src/providers/testing/sns-vendor.ts";

/** AWS's own clients and we send the same, and what our tests sign AWS's own library verifies. */

const MessageValidator: new (
  hosts: RegExp,
) => { validate(message: SnsFields, done: (error: Error | null) => void): void } = createRequire(import.meta.url)(
  "sns-validator",
);

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const region = "eu-central-1";
// The clients write into what they are given: each has its own.
const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI", sessionToken: "AQoDYXdz" };
const context = () => ({ callId: "c", timeoutMs: 10_000, signal: AbortSignal.timeout(10_000) });

async function recorder(answer: string) {
  const server = await startRecorder((_request, response) => response.end(answer));
  cleanups.push(server.close);
  return { ...server, baseUrl: `http://127.0.0.1:${server.port}` };
}

function provider<Settings>(definition: ProviderDefinition<Settings>, more: object): Provider {
  const environment = testEnvironment();
  cleanups.push(environment.close);
  return definition.create(definition.schema.parse({ region, ...credentials, ...more }), environment);
}

/** Our signer gives the client's own request the very signature that it came with. */
function expectOurSignature(call: RecordedCall | undefined, baseUrl: string, service: string): void {
  const { method, url, headers, body } = call ?? expect.unreachable();
  const [, names = ""] = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? "") ?? [];
  const time = String(headers["x-amz-date"]).replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  const added = ["host", "x-amz-date", "x-amz-security-token"];
  const own = names.split(";").filter((name) => !added.includes(name));
  const signer = new AwsSigner(credentials, region, service);
  const request = {
    method,
    url: baseUrl + url,
    headers: Object.fromEntries(own.map((name) => [name, String(headers[name])])),
    body,
  };
  expect(signer.sign(request, Date.parse(time))["authorization"]).toBe(headers.authorization);
}

describe("SES", () => {
  const from = "Acme <noreply@acme.test>";
  const more = { from, replyTo: "help@acme.test", configurationSet: "main" };
  const shared = { FromEmailAddress: from, ReplyToAddresses: ["help@acme.test"], ConfigurationSetName: "main" };
  const tagOf = ({ id }: OutboundMessage) => [{ Name: "tidings-message", Value: id }];
  const headersOf = ({ id }: OutboundMessage) => [
    { Name: "X-Tidings-Message", Value: id },
    { Name: "Auto-Submitted", Value: "auto-generated" },
  ];

  async function both(
    answer: string,
    batch: readonly OutboundMessage[],
    ask: (client: SESv2Client) => Promise<unknown>,
  ) {
    const { baseUrl, calls } = await recorder(answer);
    await provider(ses, { ...more, baseUrl }).send(batch, context());
    const client = new SESv2Client({ region, credentials: { ...credentials }, endpoint: baseUrl });
    await ask(client);
    client.destroy();
    const [ours, theirs] = calls;
    expectOurSignature(theirs, baseUrl, "ses");
    expect({ method: ours?.method, url: ours?.url }).toEqual({ method: theirs?.method, url: theirs?.url });
    expect(ours?.headers["content-type"]).toBe(theirs?.headers["content-type"]);
    expect(JSON.parse(ours?.body ?? "")).toEqual(JSON.parse(theirs?.body ?? "x"));
  }

  test("one mail", async () => {
    const message = outbound("email", "jane@example.com");
    const part = (Data: string) => ({ Data, Charset: "UTF-8" });
    await both('{"MessageId":"m"}', [message], (client) =>
      client.send(
        new SendEmailCommand({
          ...shared,
          Destination: { ToAddresses: ["jane@example.com"] },
          EmailTags: tagOf(message),
          Content: {
            Simple: {
              Subject: part("Grüße"),
              Body: { Text: part("Hello\n.\nworld"), Html: part("<p>Hello</p>") },
              Headers: headersOf(message),
            },
          },
        }),
      ),
    );
  });

  test("one mail by a stored template, with a file", async () => {
    const attachments = [
      { filename: "l.png", contentType: "image/png", content: Buffer.from("png"), contentId: "logo" },
    ];
    const content = { attachments, stored: { ids: { ses: "welcome" }, data: { name: "Jäne" } } };
    const message = outbound("email", "jane@example.com", { content });
    await both('{"MessageId":"m"}', [message], (client) =>
      client.send(
        new SendEmailCommand({
          ...shared,
          Destination: { ToAddresses: ["jane@example.com"] },
          EmailTags: tagOf(message),
          Content: {
            Template: {
              TemplateName: "welcome",
              TemplateData: JSON.stringify({ name: "Jäne" }),
              Headers: headersOf(message),
              Attachments: [
                {
                  FileName: "l.png",
                  ContentType: "image/png",
                  RawContent: Buffer.from("png"),
                  ContentTransferEncoding: "BASE64",
                  ContentDisposition: "INLINE",
                  ContentId: "logo",
                },
              ],
            },
          },
        }),
      ),
    );
  });

  test("several mails in a call", async () => {
    const batch = [1, 2].map((index) =>
      outbound("email", `jane${index}@example.com`, { content: { subject: "S", html: `<b>${index}</b>` } }),
    );
    const answer = JSON.stringify({ BulkEmailEntryResults: batch.map(() => ({ Status: "SUCCESS", MessageId: "m" })) });
    await both(answer, batch, (client) =>
      client.send(
        new SendBulkEmailCommand({
          ...shared,
          DefaultContent: {
            Template: { TemplateContent: { Subject: "{{subject}}", Html: "{{html}}" }, TemplateData: "{}" },
          },
          BulkEmailEntries: batch.map((message) => ({
            Destination: { ToAddresses: [message.to] },
            ReplacementTags: tagOf(message),
            ReplacementHeaders: headersOf(message),
            ReplacementEmailContent: {
              ReplacementTemplate: {
                ReplacementTemplateData: JSON.stringify({ subject: "S", html: message.content.html }),
              },
            },
          })),
        }),
      ),
    );
  });

  test("a mail with a file, in the bytes that the client would send", async () => {
    const { baseUrl, calls } = await recorder('{"MessageId":"m"}');
    const attachments = [{ filename: "a.txt", contentType: "text/plain", content: Buffer.from("x") }];
    const message = outbound("email", "jane@example.com", { content: { text: "Hello", attachments } });
    await provider(ses, { ...more, baseUrl }).send([message], context());
    const ours = JSON.parse(calls[0]?.body ?? "");
    const client = new SESv2Client({ region, credentials: { ...credentials }, endpoint: baseUrl });
    const Data = Buffer.from(ours.Content.Raw.Data, "base64");
    const { Destination, EmailTags } = ours;
    await client.send(new SendEmailCommand({ ...shared, Destination, EmailTags, Content: { Raw: { Data } } }));
    client.destroy();
    expect(ours).toEqual(JSON.parse(calls[1]?.body ?? "x"));
  });

  test("a look at the account", async () => {
    const { baseUrl, calls } = await recorder('{"SendingEnabled":true}');
    expect(await provider(ses, { ...more, baseUrl }).probe?.(context())).toEqual({ status: "ok" });
    const client = new SESv2Client({ region, credentials: { ...credentials }, endpoint: baseUrl });
    await client.send(new GetAccountCommand({}));
    client.destroy();
    expectOurSignature(calls[1], baseUrl, "ses");
    const asked = ({ method, url, body }: RecordedCall) => ({ method, url, body });
    expect(calls[0] && asked(calls[0])).toEqual(calls[1] && asked(calls[1]));
  });
});

describe("SNS", () => {
  const form = ({ body }: RecordedCall) => Object.fromEntries(new URLSearchParams(body));
  async function both<Settings>(
    definition: ProviderDefinition<Settings>,
    more: object,
    message: OutboundMessage,
    command: (ours: Record<string, string>) => PublishCommand,
  ): Promise<void> {
    const { baseUrl, calls } = await recorder(snsSuccess("567910cd-659e-55d4-8ccb-5aaf14679dc0").body);
    await provider(definition, { ...more, baseUrl }).send([message], context());
    const [ours = expect.unreachable()] = calls;
    const client = new SNSClient({ region, credentials: { ...credentials }, endpoint: baseUrl });
    await client.send(command(form(ours)));
    client.destroy();
    const [, theirs = expect.unreachable()] = calls;
    expectOurSignature(theirs, baseUrl, "sns");
    expect([ours.method, ours.url, ours.headers["content-type"]]).toEqual([
      theirs.method,
      theirs.url,
      theirs.headers["content-type"],
    ]);
    expect(form(ours)).toEqual(form(theirs));
  }

  test("an SMS", () =>
    both(
      snsSms,
      { senderId: "ACME", maxPrice: 0.05 },
      outbound("sms", "+4915112345678", { content: { text: "Grüße & 1 + 1 = *'~ 2" } }),
      () =>
        new PublishCommand({
          PhoneNumber: "+4915112345678",
          Message: "Grüße & 1 + 1 = *'~ 2",
          MessageAttributes: {
            "AWS.SNS.SMS.SMSType": { DataType: "String", StringValue: "Transactional" },
            "AWS.SNS.SMS.SenderID": { DataType: "String", StringValue: "ACME" },
            "AWS.SNS.SMS.MaxPrice": { DataType: "Number", StringValue: "0.05" },
          },
        }),
    ));

  test("a push message", () => {
    const TargetArn = "arn:aws:sns:eu-central-1:123456789012:endpoint/APNS/shop/2e7d2d5c-0b8e-3c5d-8f5e-3e7f2b9c9d11";
    const message = outbound("push", TargetArn, { content: { subject: "Hi", text: "Größe" } });
    return both(
      snsEndpoints,
      {},
      message,
      () =>
        new PublishCommand({
          TargetArn,
          MessageStructure: "json",
          Message: JSON.stringify({
            default: "Größe",
            APNS: JSON.stringify({ aps: { alert: { title: "Hi", body: "Größe" } } }),
          }),
          MessageAttributes: {
            "AWS.SNS.MOBILE.APNS.PUSH_TYPE": { DataType: "String", StringValue: "alert" },
            "AWS.SNS.MOBILE.APNS.PRIORITY": { DataType: "String", StringValue: "10" },
          },
        }),
    );
  });
});

describe("sns-validator", () => {
  const fixture = (name: string): string =>
    readFileSync(new URL(`../../packages/server/src/providers/testing/${name}`, import.meta.url), "utf8");

  /** AWS's library fetches the certificate over https itself: from a server on this machine, which it is made to trust. */
  async function validator(): Promise<(message: SnsFields) => Promise<boolean>> {
    const cert = fixture("localhost-cert.pem");
    const server = createServer({ cert, key: fixture("localhost-key.pem") }, (_request, response) =>
      response.end(snsCertificate),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const before = globalAgent.options.ca;
    globalAgent.options.ca = cert;
    cleanups.push(async () => {
      globalAgent.options.ca = before;
      globalAgent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    const subject = new MessageValidator(/^localhost:\d+$/);
    const SigningCertURL = `https://localhost:${portOf(server)}/x.pem`;
    return (message) =>
      new Promise((resolve) => subject.validate({ ...message, SigningCertURL }, (error) => resolve(error === null)));
  }

  test("and we agree about what is signed", async () => {
    const isValid = await validator();
    const { baseUrl, ...server } = await startRecorder((request, response) =>
      response.writeHead(request.url === snsCertificatePath ? 200 : 204).end(snsCertificate),
    ).then((started) => ({ ...started, baseUrl: `http://127.0.0.1:${started.port}` }));
    const environment = testEnvironment();
    cleanups.push(server.close, environment.close);
    const isOurs = async (message: SnsFields): Promise<boolean> => {
      const settings = { feedbackTopicArn: snsTopic, feedbackSha1: true, baseUrl };
      const result = await readSnsMessage(settings, snsRequest(message), { http: environment.http });
      return result.status === "notification" || result.status === "verified";
    };
    const good = [
      signedSns(),
      signedSns({ Subject: "Amazon SES", Message: 'Grüße\n"two"' }),
      signedSns({ SignatureVersion: "1" }),
      signedConfirmation(),
    ];
    for (const message of good) {
      expect([await isValid(message), await isOurs(message)]).toEqual([true, true]);
      const changes: SnsFields[] = [
        { Message: "other" },
        { TopicArn: `${snsTopic}x` },
        { MessageId: "00000000-0000-4000-8000-000000000000" },
        { SignatureVersion: message["SignatureVersion"] === "1" ? "2" : "1" },
        { Signature: Buffer.alloc(256, 7).toString("base64") },
      ];
      for (const change of changes) {
        const altered = { ...message, ...change };
        expect([await isValid(altered), await isOurs(altered)], JSON.stringify(change)).toEqual([false, false]);
      }
    }
  });
});
