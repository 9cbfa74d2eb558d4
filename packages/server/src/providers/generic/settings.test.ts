import { faultsOf } from "@tidings/contract/faults";
import { expect, it } from "vitest";
import { genericHttp } from "./http.ts";

const base = { baseUrl: "https://api.example.com" };
const request = { path: "/send" };
const signature = { type: "hmac-sha256", header: "x-signature" };
const kind = { path: "type", table: { done: "delivered" } };

function faults(settings: object): string[] {
  const parsed = genericHttp.schema.safeParse({ ...base, request, ...settings });
  return parsed.success ? [] : faultsOf(parsed.error).map(({ path, message }) => `${path}: ${message}`);
}

it("takes what describes a vendor", () => {
  expect(faults({})).toEqual([]);
  expect(faults({ webhook: { signature, kind, messageId: "ref" }, webhookSecret: "0123456789abcdef" })).toEqual([]);
});

it.each<[object, RegExp]>([
  [{ request: { path: "send" } }, /^request\.path: must begin with/],
  [{ request: { path: "/a/../b" } }, /^request\.path: must be a plain path/],
  [{ request: { path: "/a?b=c" } }, /^request\.path: must be a plain path/],
  [{ request: { path: "//evil.example" } }, /^request\.path: must be a plain path/],
  [{ request: { path: "/{message.nothing}" } }, /^request\.path: there is no message\.nothing$/],
  [{ request: { ...request, query: { a: "{recipient.id}" } } }, /^request\.query\.a: there is no recipient\.id$/],
  [
    { request: { ...request, headers: { "x-a": "{message.to|upper}" } } },
    /^request\.headers\.x-a: there is no form upper$/,
  ],
  [{ request: { ...request, headers: { "x-a": "a\nb" } } }, /^request\.headers\.x-a: must be one line/],
  [{ request: { ...request, headers: { Host: "x" } } }, /^request\.headers\.Host: .*/],
  [
    { request: { ...request, body: { a: [{ $: "message.none" }] } } },
    /^request\.body\.a\[0\]\.\$: there is no message\.none$/,
  ],
  [{ request: { ...request, body: { $: "message.to", as: "upper" } } }, /^request\.body\.as: is no form/],
  [{ request: { ...request, body: { $: "message.to", else: 1 } } }, /^request\.body\.else: stands beside/],
  [{ request: { ...request, body: { $: 1 } } }, /^request\.body\.\$: must be a path/],
  [{ request: { ...request, body: { $text: 1 } } }, /^request\.body: \$text is a text/],
  [{ request: { ...request, body: { $items: {} } } }, /^request\.body: \$items needs a batch/],
  [{ request: { ...request, body: [1], format: "form" } }, /^request\.body: a form is/],
  [{ request: { ...request, method: "GET", body: {} } }, /^request\.body: GET has no body/],
  [{ request: { ...request, body: { a: 1 } }, batch: { max: 10 } }, /^request\.body: needs \$items once/],
  [
    { request: { ...request, body: [{ $: "message.to" }, { $items: 1 }] }, batch: { max: 10 } },
    /^request\.body\[0\]\.\$: .*belongs into \$items$/,
  ],
  [{ auth: { type: "bearer" } }, /^secret: is what auth needs$/],
  [{ auth: { type: "bearer" }, secret: "a\nb" }, /^secret: must be visible ASCII$/],
  [
    { auth: { type: "bearer" }, secret: "a", request: { ...request, headers: { Authorization: "x" } } },
    /^request\.headers\.authorization: is set by auth$/,
  ],
  [{ answer: { rules: [{ is: "permanent" }] } }, /^answer\.rules\[0\]: needs status or code$/],
  [
    { answer: { rules: [{ status: 400, is: "transient", suppress: true }] } },
    /^answer\.rules\[0\]\.suppress: goes with permanent/,
  ],
  [{ probe: { path: "/{message.to}" } }, /^probe\.path: message\.to is of one message/],
  [{ webhook: { signature, kind, messageId: "ref" } }, /^webhookSecret: is what webhook needs$/],
  [{ webhook: { signature, kind }, webhookSecret: "0123456789abcdef" }, /^webhook\.messageId: is what events/],
  [
    { webhook: { signature, kind: { path: "t", table: { a: "inbound" } } }, webhookSecret: "0123456789abcdef" },
    /^webhook\.inbound: is what/,
  ],
  [
    {
      webhook: { signature: { ...signature, signed: "timestamp.body" }, kind, messageId: "r" },
      webhookSecret: "0123456789abcdef",
    },
    /^webhook\.signature\.timestampHeader: goes with/,
  ],
  [
    {
      webhook: { signature, kind: { path: "t", table: { a: "sent" } }, messageId: "r" },
      webhookSecret: "0123456789abcdef",
    },
    /^webhook\.kind\.table\.a: /,
  ],
  [{ more: 1 }, /more/],
])("names the field that is wrong: %j", (settings, fault) => {
  const found = faults(settings);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(fault);
});
