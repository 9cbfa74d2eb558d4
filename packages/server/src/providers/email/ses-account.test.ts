import { afterEach, expect, it } from "vitest";
import { testEnvironment } from "../testing/environment.ts";
import { startVendor, type VendorReply } from "../testing/http-vendor.ts";
import type { RecordedCall } from "../testing/servers.ts";
import { account, fault, sesContext, sesSettings, sesVendor } from "../testing/ses-vendor.ts";
import { ses } from "./ses.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

it.each<[string, object]>([
  ["region", { region: "eu-central-1.evil.test/" }],
  ["accessKeyId", { accessKeyId: "AKIA\r\nX: y EXAMPLE" }],
  ["secretAccessKey", { secretAccessKey: "a b" }],
  ["sessionToken", { sessionToken: "a\r\nX: y" }],
  ["baseUrl", { baseUrl: "ftp://x" }],
  ["from", { from: "jané@acme.test" }],
  ["from", { from: { default: "a@acme.test", critical: "é@acme.test" } }],
  ["from", { replyTo: "é@acme.test" }],
  ["configurationSet", { configurationSet: "a b" }],
  ["feedbackTopicArn", { feedbackTopicArn: "arn:aws:sqs:eu-central-1:123456789012:x" }],
  ["unsubscribeMailto", { unsubscribeMailto: "mailto:a@b.test" }],
])("names a setting that is wrong: %s", (path, change) => {
  const result = ses.schema.safeParse({ ...account, from: "a@acme.test", ...change });
  expect(result.error?.issues.map((issue) => issue.path[0])).toEqual([path]);
});

it.each<[string, VendorReply, object]>([
  ["an account that sends", { status: 200, body: { SendingEnabled: true } }, { status: "ok" }],
  [
    "an account in the sandbox",
    { status: 200, body: { SendingEnabled: true, ProductionAccessEnabled: false, EnforcementStatus: "HEALTHY" } },
    { status: "ok" },
  ],
  ["a paused account", { status: 200, body: { SendingEnabled: false } }, { status: "failed", code: "sending_paused" }],
  [
    "a shut account",
    { status: 200, body: { SendingEnabled: true, EnforcementStatus: "SHUTDOWN" } },
    { status: "failed", code: "sending_paused" },
  ],
  ["a bad key", fault(403, "UnrecognizedClientException"), { status: "failed", code: "UnrecognizedClientException" }],
  ["a key that may only send", fault(403, "AccessDeniedException"), { status: "unchecked" }],
  ["nonsense", { status: 200, body: "x" }, { status: "failed", code: "malformed_answer" }],
])("probes %s without sending", async (_name, reply, expected) => {
  const asked: RecordedCall[] = [];
  const server = await startVendor(
    {
      ...sesVendor,
      idsIn: () => null,
      other: (call) => {
        asked.push(call);
        return reply;
      },
    },
    () => {
      throw new Error("something was sent");
    },
  );
  const environment = testEnvironment();
  cleanups.push(server.close, environment.close);
  const subject = ses.create(sesSettings({ baseUrl: `http://127.0.0.1:${server.port}` }), environment);
  expect(await subject.probe?.(sesContext())).toMatchObject(expected);
  expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual(["GET /v2/email/account"]);
});
