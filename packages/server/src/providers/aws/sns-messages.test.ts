import { generateKeyPairSync } from "node:crypto";
import { afterEach, expect, it, test } from "vitest";
import { OutboundHttpClient } from "../../lib/outbound-http.ts";
import type { OutboundHttp } from "../../ports/provider.ts";
import { type RecordedCall, type RunningServer, startRecorder } from "../testing/servers.ts";
import {
  type SnsFields,
  signedConfirmation,
  signedSns,
  snsCertificate,
  snsCertificatePath,
  snsRequest,
  snsTopic,
} from "../testing/sns-signer.ts";
import { readSnsMessage, type SnsSettings } from "./sns-messages.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});
const hour = 3_600_000;

interface World {
  server: RunningServer & { calls: RecordedCall[] };
  http: OutboundHttp;
  settings: SnsSettings;
  read: (body: SnsFields | string, more?: Partial<SnsSettings>, now?: number) => ReturnType<typeof readSnsMessage>;
}

/** A server in AWS's place, which has the certificate and takes confirmations. */
async function world(status = 200, certificate = snsCertificate): Promise<World> {
  const server = await startRecorder((request, response) => {
    if (request.url === snsCertificatePath) response.writeHead(status).end(certificate);
    else response.writeHead(request.url?.startsWith("/?Action=ConfirmSubscription") === true ? status : 404).end("x");
  });
  const http = new OutboundHttpClient({ allowPrivateNetwork: true });
  cleanups.push(server.close, () => http.close());
  const settings = { feedbackTopicArn: snsTopic, feedbackSha1: false, baseUrl: `http://127.0.0.1:${server.port}/` };
  const read: World["read"] = (body, more = {}, now = Date.now()) =>
    readSnsMessage({ ...settings, ...more }, snsRequest(body, now), { http });
  return { server, http, settings, read };
}

it("gives the text of a notification of the topic that AWS's key signed, and asks for the key once", async () => {
  const { read, server } = await world();
  for (const changes of [{}, { Subject: "Amazon SES" }, { Message: 'two\nlines, "quoted", Grüße' }] as SnsFields[])
    expect(await read(signedSns(changes))).toEqual({
      status: "notification",
      message: changes["Message"] ?? "hello",
    });
  await Promise.all(Array.from({ length: 20 }, () => read(signedSns())));
  expect(server.calls.map(({ method, url }) => `${method} ${url}`)).toEqual([`GET ${snsCertificatePath}`]);
});

it("asks once for a key that many messages wait for", async () => {
  const { read, server } = await world();
  const got = await Promise.all(Array.from({ length: 20 }, () => read(signedSns())));
  expect(new Set(got.map(({ status }) => status))).toEqual(new Set(["notification"]));
  expect(server.calls).toHaveLength(1);
});

it.each<[string, SnsFields]>([
  ["Message", { Message: "other" }],
  ["MessageId", { MessageId: "00000000-0000-4000-8000-000000000000" }],
  ["Timestamp", { Timestamp: new Date(Date.now() - 1000).toISOString() }],
  ["Subject", { Subject: "added" }],
  ["Signature", { Signature: Buffer.alloc(256, 1).toString("base64") }],
  ["an empty Signature", { Signature: "AA==" }],
  ["SignatureVersion", { SignatureVersion: "1" }],
])("does not believe a message whose %s was changed", async (_name, changes) => {
  const { read } = await world();
  const message = signedSns();
  expect(await read(message)).toMatchObject({ status: "notification" });
  expect(await read({ ...message, ...changes }, { feedbackSha1: true })).toEqual({ status: "forged" });
});

it("does not believe another key, and a type that was swapped", async () => {
  const { read } = await world();
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  expect(await read(signedSns({}, pem))).toEqual({ status: "forged" });
  expect(await read({ ...signedConfirmation(), Type: "Notification" })).toEqual({ status: "forged" });
  expect(await read({ ...signedConfirmation(), Type: "UnsubscribeConfirmation" })).toEqual({ status: "forged" });
});

it("takes SHA-1 only where the settings say so", async () => {
  const { read } = await world();
  const old = signedSns({ SignatureVersion: "1" });
  expect(await read(old)).toEqual({ status: "forged" });
  expect(await read(old, { feedbackSha1: true })).toMatchObject({ status: "notification" });
});

it("believes the topic of the settings alone, and without one nothing, and makes no call for others", async () => {
  const { read, server } = await world();
  const other = "arn:aws:sns:eu-central-1:999999999999:mail-events";
  expect(await read(signedSns({ TopicArn: other }))).toEqual({ status: "forged" });
  expect(await read(signedSns({ TopicArn: `${snsTopic}-2` }))).toEqual({ status: "forged" });
  expect(await read(signedSns(), { feedbackTopicArn: undefined })).toEqual({ status: "forged" });
  expect(server.calls).toEqual([]);
});

it("takes a message for an hour", async () => {
  const { read } = await world();
  const at = Date.parse("2026-11-30T12:00:00Z");
  const message = signedSns({ Timestamp: "2026-11-30T12:00:00.000Z" });
  expect(await read(message, {}, at + hour)).toMatchObject({ status: "notification" });
  expect(await read(message, {}, at + hour + 1)).toEqual({ status: "forged" });
  expect(await read(message, {}, at - 300_000)).toMatchObject({ status: "notification" });
  expect(await read(message, {}, at - 300_001)).toEqual({ status: "forged" });
  expect(await read(signedSns({ Timestamp: "2026-99-30T12:00:00.000Z" }), {}, at)).toEqual({ status: "forged" });
});

const evil = [
  "https://sns.eu-central-1.amazonaws.com.evil.test",
  "https://evil.test/sns.eu-central-1.amazonaws.com",
  "https://sns-eu-central-1.amazonaws.com",
  "https://sns.eu-central-1.amazonaws.com.cn.evil.test",
  "https://snsxeu-central-1.amazonaws.com",
  "https://x.sns.eu-central-1.amazonaws.com",
  "https://sns.eu-central-1.amazonaws.com@evil.test",
  "https://sns.eu-central-1.amazonaws.com:8443",
  "https://user@sns.eu-central-1.amazonaws.com",
  "http://sns.eu-central-1.amazonaws.com",
  "https://127.0.0.1",
  "https://s3.amazonaws.com/sns.eu-central-1.amazonaws.com",
  "nonsense",
];

test.each(evil)("no certificate is fetched from %s", async (origin) => {
  const { read, server } = await world();
  expect(await read(signedSns({ SigningCertURL: origin + snsCertificatePath }))).toEqual({ status: "forged" });
  expect(server.calls).toEqual([]);
});

test.each([
  "/other.pem",
  `${snsCertificatePath}?x=.pem`,
  `/a${snsCertificatePath}`,
  "/?x=.pem",
  "/SimpleNotificationService-a.pem.txt",
])("no certificate is fetched from %s of AWS", async (path) => {
  const { read, server } = await world();
  const message = signedSns({ SigningCertURL: `https://sns.eu-central-1.amazonaws.com${path}` });
  expect(await read(message)).toEqual({ status: "forged" });
  expect(server.calls).toEqual([]);
});

it("asks AWS's own host where no base URL is set", async () => {
  const asked: string[] = [];
  const http: OutboundHttp = {
    request: async ({ url }) => {
      asked.push(url);
      return { status: "response", statusCode: 200, headers: {}, body: Buffer.from(snsCertificate) };
    },
  };
  const settings = { feedbackTopicArn: snsTopic, feedbackSha1: false };
  for (const host of ["sns.eu-central-1.amazonaws.com", "sns.cn-north-1.amazonaws.com.cn"]) {
    const message = signedSns({ SigningCertURL: `https://${host}${snsCertificatePath}` });
    expect(await readSnsMessage(settings, snsRequest(message), { http })).toMatchObject({ status: "notification" });
    expect(asked.at(-1)).toBe(`https://${host}${snsCertificatePath}`);
  }
});

it("has the caller come again where the certificate cannot be fetched, and not where there is none", async () => {
  const failing = await world(503);
  expect(await failing.read(signedSns())).toMatchObject({ status: "unchecked" });
  await failing.server.close();
  expect(await failing.read(signedSns())).toMatchObject({ status: "unchecked" });
  cleanups.shift();
  const absent = await world(404);
  for (let index = 0; index < 3; index += 1) expect(await absent.read(signedSns())).toEqual({ status: "forged" });
  expect(absent.server.calls).toHaveLength(1);
  // after a minute it may be there
  await absent.read(signedSns({ Timestamp: new Date(Date.now() + 61_000).toISOString() }), {}, Date.now() + 61_000);
  expect(absent.server.calls).toHaveLength(2);
});

it("takes no certificate that is none, or has ended", async () => {
  const nonsense = await world(200, "nonsense");
  expect(await nonsense.read(signedSns())).toEqual({ status: "forged" });
  const { read } = await world();
  const late = Date.parse("2200-01-01T00:00:00Z");
  expect(await read(signedSns({ Timestamp: "2200-01-01T00:00:00Z" }), {}, late)).toEqual({ status: "forged" });
});

it("confirms a subscription of the topic, after it was verified", async () => {
  const { read, server } = await world();
  expect(await read(signedConfirmation())).toEqual({ status: "verified", feedback: [] });
  expect(server.calls.map(({ url }) => url)).toEqual([
    snsCertificatePath,
    `/?Action=ConfirmSubscription&TopicArn=${snsTopic}&Token=2336412f37fb687f5d51e6e2425a`,
  ]);
  const forged = { ...signedConfirmation(), Token: "00" };
  expect(await read(forged)).toEqual({ status: "forged" });
  for (const url of [
    ...evil.map((origin) => `${origin}/?Action=ConfirmSubscription&TopicArn=${snsTopic}`),
    `https://sns.eu-central-1.amazonaws.com/?Action=DeleteTopic&TopicArn=${snsTopic}`,
    "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-central-1:1:other",
  ])
    expect(await read(signedConfirmation({ SubscribeURL: url })), url).toEqual({ status: "forged" });
  expect(server.calls).toHaveLength(2);
});

it("has the caller come again where the subscription could not be confirmed, and drops its end", async () => {
  const { read, settings, server } = await world();
  await read(signedSns());
  await server.close();
  cleanups.shift();
  expect(await read(signedConfirmation(), settings)).toMatchObject({ status: "unchecked" });
  expect(await read(signedConfirmation({ Type: "UnsubscribeConfirmation" }))).toEqual({
    status: "verified",
    feedback: [],
  });
});

it("names what is no message of SNS", async () => {
  const { read } = await world();
  const { Signature: _, ...unsigned } = signedSns();
  for (const body of ["", "nonsense", "[]", "null", '{"eventType":"Bounce"}', JSON.stringify(unsigned)])
    expect(await read(body), body).toMatchObject({ status: "malformed", detail: expect.stringContaining("SNS") });
  const wrong = [
    { MessageId: "x\nTimestamp" },
    { Subject: "a\nTimestamp\n1" },
    { Timestamp: "yesterday" },
    { SignatureVersion: "3" },
    { Type: "Other" },
  ];
  for (const changes of wrong)
    expect(await read({ ...signedSns(), ...changes })).toMatchObject({ status: "malformed" });
  const types = { Message: 1, TopicArn: {}, Signature: [], Subject: 5, Timestamp: null };
  for (const [name, value] of Object.entries(types))
    expect(await read(JSON.stringify({ ...signedSns(), [name]: value })), name).toMatchObject({ status: "malformed" });
});
