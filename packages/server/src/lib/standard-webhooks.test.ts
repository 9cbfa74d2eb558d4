import fc from "fast-check";
import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { describe, expect, it, test } from "vitest";
import { isSigned, parseSecrets, sign } from "./standard-webhooks.ts";

/** The reference library says whether a signature is one of Standard Webhooks. */

const secretOf = (bytes: Uint8Array): string => `whsec_${Buffer.from(bytes).toString("base64")}`;
const keyBytes = fc.uint8Array({ minLength: 24, maxLength: 64 });
const nowSeconds = (): number => Math.floor(Date.now() / 1000);

function headers(secrets: string, id: string, body: string, at = nowSeconds()): Record<string, string> {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(at),
    "webhook-signature": sign(parseSecrets(secrets) ?? [], id, at, body),
  };
}

describe("a signature", () => {
  test("is verified by the reference library, and is the one that it makes, for any key and body", () => {
    fc.assert(
      fc.property(keyBytes, fc.uuid(), fc.jsonValue(), (key, id, value) => {
        const body = JSON.stringify(value);
        const reference = new Webhook(secretOf(key));
        const made = headers(secretOf(key), id, body);
        expect(() => reference.verify(body, made)).not.toThrow();
        const at = new Date(Number(made["webhook-timestamp"]) * 1000);
        expect(made["webhook-signature"]).toBe(reference.sign(id, at, body));
      }),
    );
  });

  test("of a secret that is being replaced is verified with the old one and with the new one", () => {
    const [old, fresh] = [secretOf(Buffer.alloc(32, 1)), secretOf(Buffer.alloc(32, 2))];
    const made = headers(`${fresh} ${old}`, "id", "{}");
    for (const secret of [old, fresh]) expect(() => new Webhook(secret).verify("{}", made)).not.toThrow();
    const stranger = new Webhook(secretOf(Buffer.alloc(32, 3)));
    expect(() => stranger.verify("{}", made)).toThrow(WebhookVerificationError);
  });

  test("is of one id, one body and one time", () => {
    const secret = secretOf(Buffer.alloc(32, 1));
    const made = headers(secret, "id", "{}");
    const reference = new Webhook(secret);
    expect(() => reference.verify("{ }", made)).toThrow(WebhookVerificationError);
    expect(() => reference.verify("{}", { ...made, "webhook-id": "other" })).toThrow(WebhookVerificationError);
    expect(() => reference.verify("{}", headers(secret, "id", "{}", nowSeconds() - 301))).toThrow(
      WebhookVerificationError,
    );
  });
});

describe("secrets", () => {
  test.each([
    ["one of 24 bytes", secretOf(Buffer.alloc(24, 1)), 1],
    ["one of 64 bytes", secretOf(Buffer.alloc(64, 1)), 1],
    ["several", times(5).join(" "), 5],
  ])("%s are read", (_, setting, count) => {
    expect(parseSecrets(setting)).toHaveLength(count);
  });

  test.each([
    ["too short", secretOf(Buffer.alloc(23, 1))],
    ["too long", secretOf(Buffer.alloc(65, 1))],
    ["no base64", "whsec_!!!!"],
    ["without its prefix", Buffer.alloc(32, 1).toString("base64")],
    ["too many", times(6).join(" ")],
    ["none", ""],
  ])("%s are refused", (_, setting) => {
    expect(parseSecrets(setting)).toBeUndefined();
  });
});

function times(count: number): string[] {
  return Array.from({ length: count }, (_, index) => secretOf(Buffer.alloc(32, index)));
}

describe("isSigned", () => {
  const key = Buffer.alloc(24, 1);
  const body = Buffer.from('{"a":"ü"}');
  const call = {
    id: "msg_1",
    timestamp: "1700000000",
    signatures: sign([key], "msg_1", 1_700_000_000, body.toString()),
  };

  it("finds the signature among others, by any of the keys", () => {
    expect(isSigned([key], call, body)).toBe(true);
    expect(isSigned([Buffer.alloc(24, 2), key], call, body)).toBe(true);
    expect(isSigned([key], { ...call, signatures: `v1a,x v1,AAAA ${call.signatures}` }, body)).toBe(true);
  });

  it.each([
    [{ id: "msg_2" }],
    [{ timestamp: "1700000001" }],
    [{ signatures: "" }],
    [{ signatures: "v1," }],
    [{ signatures: call.signatures.replace("v1,", "v2,") }],
    [{ signatures: call.signatures.replace("v1,", "") }],
    [{ signatures: call.signatures.slice(0, -4) }],
    [{ signatures: `${"v1,AAAA ".repeat(10)}${call.signatures}` }],
  ])("finds none in %j", (change) => {
    expect(isSigned([key], { ...call, ...change }, body)).toBe(false);
  });

  it("finds none for other bytes, another key or no key", () => {
    expect(isSigned([key], call, Buffer.from('{"a":"u"}'))).toBe(false);
    expect(isSigned([Buffer.alloc(24, 2)], call, body)).toBe(false);
    expect(isSigned([], call, body)).toBe(false);
  });
});
