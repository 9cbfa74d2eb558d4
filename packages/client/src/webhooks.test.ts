import { createHmac } from "node:crypto";
import type { WebhookEvent } from "@tidings/contract/webhook-events";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, expectTypeOf, test } from "vitest";
import { TidingsError } from "./errors.ts";
import { TidingsWebhookError, type VerifiedWebhook, verifyWebhook } from "./webhooks.ts";

const secretOf = (byte: number, length = 32): string => `whsec_${Buffer.alloc(length, byte).toString("base64")}`;
const secret = secretOf(1);
const nowSeconds = (): number => Math.floor(Date.now() / 1000);

const event: WebhookEvent = {
  type: "message.delivered",
  timestamp: "2030-01-01T00:00:00.000Z",
  data: {
    id: "01890000-0000-8000-8000-00000000000a",
    event: "01890000-0000-8000-8000-00000000000b",
    channel: "email",
    lane: "transactional",
    category: "orders",
    recipient: "Zoë",
    state: "delivered",
    createdAt: "2030-01-01T00:00:00.000Z",
    decisions: [],
  },
};
const body = JSON.stringify(event);

/** Headers as the reference library signs them. */
function signedBy(key: string, text = body, at = nowSeconds(), id = "msg_1") {
  const signature = new Webhook(key).sign(id, new Date(at * 1000), text);
  return { "webhook-id": id, "webhook-timestamp": String(at), "webhook-signature": signature };
}

async function faultOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof TidingsWebhookError && error instanceof TidingsError) return error.code;
  throw error ?? new Error("it was verified");
}

describe("verifyWebhook", () => {
  test("verifies what the reference library signs, in every form of headers and body", async () => {
    const headers = signedBy(secret);
    const upper = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]));
    const expected = { ...event, id: "msg_1" };
    expect(await verifyWebhook(headers, body, secret)).toEqual(expected);
    expect(await verifyWebhook(new Headers(headers), Buffer.from(body), [secret])).toEqual(expected);
    expect(await verifyWebhook(upper, new TextEncoder().encode(body).buffer, secret)).toEqual(expected);
    const single = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
    expect(await verifyWebhook(single, body, secret)).toEqual(expected);
    expectTypeOf(verifyWebhook(headers, body, secret)).resolves.toEqualTypeOf<VerifiedWebhook>();
  });

  test("agrees with the reference library on any key", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 24, maxLength: 64 }), async (key) => {
        const own = `whsec_${Buffer.from(key).toString("base64")}`;
        await expect(verifyWebhook(signedBy(own), body, own)).resolves.toMatchObject({ type: event.type });
        expect(await faultOf(verifyWebhook(signedBy(own), body, secretOf(200)))).toBe("signature_wrong");
      }),
      { numRuns: 50 },
    );
  });

  test("takes one of several signatures and one of several secrets, as while a secret is replaced", async () => {
    const at = nowSeconds();
    const [old, fresh] = [signedBy(secretOf(1), body, at), signedBy(secretOf(2), body, at)];
    const both = { ...old, "webhook-signature": `${fresh["webhook-signature"]} v2,x ${old["webhook-signature"]}` };
    for (const byte of [1, 2]) await expect(verifyWebhook(both, body, secretOf(byte))).resolves.toBeDefined();
    expect(await faultOf(verifyWebhook(both, body, secretOf(3)))).toBe("signature_wrong");
    await expect(verifyWebhook(old, body, [secretOf(2), secretOf(1)])).resolves.toBeDefined();
  });

  test("refuses any other body, id, time or signature", async () => {
    const headers = signedBy(secret);
    expect(await faultOf(verifyWebhook(headers, `${body} `, secret))).toBe("signature_wrong");
    expect(await faultOf(verifyWebhook({ ...headers, "webhook-id": "msg_2" }, body, secret))).toBe("signature_wrong");
    const moved = { ...headers, "webhook-timestamp": String(nowSeconds() - 5) };
    expect(await faultOf(verifyWebhook(moved, body, secret))).toBe("signature_wrong");
    const signature = headers["webhook-signature"];
    await fc.assert(
      fc.asyncProperty(fc.nat(signature.length - 2), fc.constantFrom("A", "b", "/", " ", ","), async (at, by) => {
        const altered = signature.slice(0, at) + by + signature.slice(at + 1);
        // Base64's last character before the padding carries bits that no byte has.
        const same = Buffer.from(altered.slice(3), "base64").equals(Buffer.from(signature.slice(3), "base64"));
        fc.pre(!(altered.startsWith("v1,") && same));
        expect(await faultOf(verifyWebhook({ ...headers, "webhook-signature": altered }, body, secret))).toBe(
          "signature_wrong",
        );
      }),
    );
  });

  test.each([
    "v1,",
    "v1, v1,",
    "v1",
    ",",
    "v1,AAAA",
    `v1,${"A".repeat(43)}`,
    `v1a,${Buffer.alloc(32).toString("base64")}`,
    `v1,${Buffer.alloc(32).toString("base64")}`,
    `v1,${Buffer.alloc(31).toString("base64")},${Buffer.alloc(1).toString("base64")}`,
    "v1,=",
    "\u0000",
  ])("refuses the signature %j", async (signature) => {
    const headers = { ...signedBy(secret), "webhook-signature": signature };
    expect(await faultOf(verifyWebhook(headers, body, secret))).toBe("signature_wrong");
  });

  test("refuses what is too old or too new, by the tolerance that it is given", async () => {
    const at = (age: number) => verifyWebhook(signedBy(secret, body, nowSeconds() - age), body, secret);
    await expect(at(290)).resolves.toBeDefined();
    await expect(at(-290)).resolves.toBeDefined();
    expect(await faultOf(at(310))).toBe("timestamp_too_old");
    expect(await faultOf(at(-310))).toBe("timestamp_too_new");
    const strict = verifyWebhook(signedBy(secret, body, nowSeconds() - 20), body, secret, { toleranceSeconds: 10 });
    expect(await faultOf(strict)).toBe("timestamp_too_old");
    const lax = { toleranceSeconds: 1000 };
    await expect(verifyWebhook(signedBy(secret, body, nowSeconds() - 900), body, secret, lax)).resolves.toBeDefined();
  });

  test.each(["", "1e9", "-5", "0x10", " 1", "1.5", "NaN", "9".repeat(13), "\u0661"])(
    "refuses the timestamp %j",
    async (timestamp) => {
      const headers = { ...signedBy(secret), "webhook-timestamp": timestamp };
      const expected = timestamp === "" ? "header_missing" : "header_malformed";
      expect(await faultOf(verifyWebhook(headers, body, secret))).toBe(expected);
    },
  );

  test.each(["webhook-id", "webhook-timestamp", "webhook-signature"] as const)("needs one %s", async (name) => {
    const { [name]: value, ...others } = signedBy(secret);
    expect(await faultOf(verifyWebhook(others, body, secret))).toBe("header_missing");
    expect(await faultOf(verifyWebhook(new Headers(others), body, secret))).toBe("header_missing");
    const twice = { ...others, [name]: value, [name.toUpperCase()]: value };
    expect(await faultOf(verifyWebhook(twice, body, secret))).toBe("header_malformed");
    const long = { ...others, [name]: "1".repeat(5000) };
    expect(await faultOf(verifyWebhook(long, body, secret))).toBe("header_malformed");
  });

  test.each([
    ["too short", secretOf(1, 23)],
    ["too long", secretOf(1, 65)],
    ["no base64", "whsec_*"],
    ["without its prefix", Buffer.alloc(32).toString("base64")],
    ["empty", ""],
  ])("refuses a secret that is %s, and says nothing of it", async (_, bad) => {
    const call = verifyWebhook(signedBy(secret), body, [secret, bad]);
    expect(await faultOf(call)).toBe("argument_malformed");
    const error = await call.catch((reason: unknown) => String(reason));
    expect(error).not.toContain(bad === "" ? "whsec_*" : bad.slice(6, 30));
    expect(await faultOf(verifyWebhook(signedBy(secret), body, []))).toBe("argument_malformed");
  });

  test("never throws anything but its own error, whatever it is given", async () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withTypedArray: true, withMap: true });
    await fc.assert(
      fc.asyncProperty(anything, anything, anything, anything, async (headers, raw, key, tolerance) => {
        const call = (...given: unknown[]): Promise<unknown> => Reflect.apply(verifyWebhook, undefined, given);
        const most = [headers, raw, key, { toleranceSeconds: tolerance }];
        expect(typeof (await faultOf(call(...most)))).toBe("string");
        expect(typeof (await faultOf(call(headers, raw, key, tolerance)))).toBe("string");
        expect(typeof (await faultOf(call(signedBy(secret), raw, key, tolerance)))).toBe("string");
      }),
    );
  });

  test("hands on what a newer server says in words of its own", async () => {
    const newer = { ...event, type: "message.teleported", data: { ...event.data, channel: "fax", more: 1 } };
    const text = JSON.stringify(newer);
    expect(await verifyWebhook(signedBy(secret, text), text, secret)).toEqual({ ...newer, id: "msg_1" });
  });

  test("tells what is no event from a forged one", async () => {
    for (const text of [JSON.stringify({ ...event, data: {} }), "no JSON", "[]", "{}", "null"])
      expect(await faultOf(verifyWebhook(signedBy(secret, text), text, secret))).toBe("event_unknown");
    const bytes = Buffer.from([0xff, 0xfe]);
    const at = nowSeconds();
    const key = Buffer.alloc(32, 1);
    const mac = createHmac("sha256", key).update(`msg_1.${at}.`).update(bytes).digest("base64");
    const headers = { "webhook-id": "msg_1", "webhook-timestamp": String(at), "webhook-signature": `v1,${mac}` };
    expect(await faultOf(verifyWebhook(headers, bytes, secret))).toBe("event_unknown");
  });
});
