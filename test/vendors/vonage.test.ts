import { createHmac, createSecretKey, hash } from "node:crypto";
import { AlgorithmTypes, Auth } from "@vonage/auth";
import { verifySignature } from "@vonage/jwt";
import { SMS, TypeEnum } from "@vonage/sms";
import { afterEach, describe, expect, it } from "vitest";
import { signJwt } from "../../packages/server/src/lib/jwt.ts";
import { vonageSms } from "../../packages/server/src/providers/sms/vonage.ts";
import { signedParameters } from "../../packages/server/src/providers/sms/vonage-signature.ts";
import { outbound, testEnvironment } from "../../packages/server/src/providers/testing/environment.ts";
import { startRecorder } from "../../packages/server/src/providers/testing/servers.ts";

const apiKey = "abcd1234";
const apiSecret = "secret";
const signatureSecret = "a-signature-secret-of-vonage";
const to = "436601234567";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function recorder(messages: object[]) {
  const recorded = await startRecorder((_request, response) =>
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ "message-count": String(messages.length), messages })),
  );
  const environment = testEnvironment();
  cleanups.push(recorded.close, environment.close);
  const restHost = `http://127.0.0.1:${recorded.port}`;
  const settings = vonageSms.schema.parse({ apiKey, apiSecret, from: "Shop", baseUrl: restHost });
  const call = { callId: "c", timeoutMs: 10_000, signal: AbortSignal.timeout(10_000) };
  const provider = vonageSms.create(settings, environment);
  const sdk = new SMS(new Auth({ apiKey, apiSecret }), { restHost });
  return {
    ...recorded,
    environment,
    sdk,
    send: async (text: string) => {
      const message = outbound("sms", `+${to}`, { content: { text } });
      return { message, outcome: (await provider.send([message], call))[0] };
    },
  };
}

describe("requests as Vonage's SDK makes them", () => {
  it.each(["Grüße & €5 +1\n.", "więcej"])("sends %j", async (text) => {
    const { calls, environment, sdk, send } = await recorder([{ status: "0", "message-id": "0A1" }]);
    const { message, outcome } = await send(text);
    expect(outcome).toEqual({ status: "accepted", providerMessageId: "0A1" });
    const type = text === "więcej" ? TypeEnum.UNICODE : TypeEnum.TEXT;
    const callback = environment.feedbackUrl ?? expect.unreachable();
    await sdk.send({ to, from: "Shop", text, type, clientRef: message.id, callback });
    const [ours, theirs] = calls;
    expect([ours?.method, ours?.url]).toEqual([theirs?.method, theirs?.url]);
    expect(ours?.headers.authorization).toBe(theirs?.headers.authorization);
    // the SDK writes JSON, Vonage's OpenAPI definition asks for a form: the fields are the same
    expect(Object.fromEntries(new URLSearchParams(ours?.body))).toEqual(JSON.parse(theirs?.body ?? ""));
  });

  it.each([[[{ status: "4", "error-text": "x" }]], [[{ status: "0", "message-id": "a" }, { status: "9" }]]])(
    "calls no success what the SDK calls none: %j",
    async (messages) => {
      const { sdk, send } = await recorder(messages);
      await expect(sdk.send({ to, from: "Shop", text: "a" })).rejects.toThrow("failed to send");
      expect((await send("a")).outcome?.status).not.toBe("accepted");
    },
  );
});

const now = Date.parse("2026-03-01T12:00:00Z");
const receipt = {
  msisdn: to,
  to: "Shop",
  status: "delivered",
  "client-ref": "m-1",
  text: "a&b=c ü",
  timestamp: String(now / 1000),
  nonce: "n",
};
const read = (fields: object, signatureMethod: "sha256" | "sha512" = "sha256", authorization?: string) =>
  signedParameters(
    { apiKey, signatureSecret, signatureMethod },
    {
      url: "https://tidings.example.com/v1/feedback/sms",
      headers: authorization === undefined ? {} : { authorization },
      rawBody: Buffer.from(JSON.stringify(fields)),
      now,
    },
  );

describe("signatures of Vonage's SDK", () => {
  const sdk = new SMS(new Auth({ apiKey, apiSecret }));
  const algorithms = { sha256: AlgorithmTypes.sha256hmac, sha512: AlgorithmTypes.sha512hmac };
  const sigOf = (fields: Record<string, string>, method: string) => {
    const text = Object.keys(fields)
      .sort()
      .map((name) => `&${name}=${fields[name]?.replace(/[&=]/g, "_")}`);
    return createHmac(method, signatureSecret).update(text.join("")).digest("hex");
  };

  it.each(["sha256", "sha512"] as const)("agrees with its verifier about what is signed by %s", (method) => {
    const fields = { ...receipt, sig: sigOf(receipt, method) };
    expect(sdk.verifySignature(fields.sig, fields, signatureSecret, algorithms[method])).toBe(true);
    expect(read(fields, method)).toEqual(fields);
    const altered = { ...fields, status: "failed" };
    expect(sdk.verifySignature(fields.sig, altered, signatureSecret, algorithms[method])).toBe(false);
    expect(read(altered, method)).toBeUndefined();
  });

  it("agrees with its verifier about tokens", () => {
    const payload_hash = hash("sha256", JSON.stringify(receipt), "hex");
    const claims = { iat: Math.floor(now / 1000), jti: "j", iss: "Vonage", api_key: apiKey, payload_hash };
    const token = (secret: string) => signJwt("HS256", createSecretKey(Buffer.from(secret)), claims);
    for (const [secret, fits] of [
      [signatureSecret, true],
      ["other", false],
    ] as const) {
      expect(verifySignature(token(secret), signatureSecret)).toBe(fits);
      expect(read(receipt, "sha256", `Bearer ${token(secret)}`) !== undefined).toBe(fits);
    }
  });
});
