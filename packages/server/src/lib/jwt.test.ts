import { createHmac, createPublicKey, createSecretKey, generateKeyPairSync, verify } from "node:crypto";
import { expect, test } from "vitest";
import { readHs256, signJwt } from "./jwt.ts";

const parts = (token: string) => token.split(".").map((part) => Buffer.from(part, "base64url"));

test("a token of RFC 7515 appendix A.1 is read with its key, and with no other", () => {
  const token =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const key = Buffer.from(
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
    "base64url",
  );
  expect(readHs256(token, createSecretKey(key))).toMatchObject({ iss: "joe", exp: 1300819380 });
  expect(readHs256(token, createSecretKey(Buffer.alloc(32, 1)))).toBeUndefined();
  expect(readHs256(`${token}.x`, createSecretKey(key))).toBeUndefined();
  expect(readHs256(token.slice(0, -3), createSecretKey(key))).toBeUndefined();
});

test("a token that names another algorithm, or none, is not read", () => {
  const key = createSecretKey(Buffer.alloc(32, 2));
  for (const alg of ["none", "HS512", "RS256"]) {
    const input = [{ alg }, { iss: "x" }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    const signature = createHmac("sha256", Buffer.alloc(32, 2)).update(input).digest("base64url");
    expect(readHs256(`${input}.${signature}`, key)).toBeUndefined();
  }
  for (const bad of ["", "a.b.c", "..", "e30.e30."]) expect(readHs256(bad, key)).toBeUndefined();
});

test.each([
  ["ES256", generateKeyPairSync("ec", { namedCurve: "P-256" })],
  ["RS256", generateKeyPairSync("rsa", { modulusLength: 2048 })],
] as const)("%s signs what its public key verifies", (algorithm, { privateKey }) => {
  const token = signJwt(algorithm, privateKey, { iss: "team" }, { kid: "k1" });
  const [header, payload, signature] = parts(token);
  expect(JSON.parse(String(header))).toEqual({ alg: algorithm, typ: "JWT", kid: "k1" });
  expect(JSON.parse(String(payload))).toEqual({ iss: "team" });
  const input = Buffer.from(token.slice(0, token.lastIndexOf(".")));
  const key = { key: createPublicKey(privateKey), dsaEncoding: "ieee-p1363" } as const;
  expect(verify("sha256", input, key, signature ?? Buffer.alloc(0))).toBe(true);
});

test("HS256 signs what it reads", () => {
  const key = createSecretKey(Buffer.alloc(32, 3));
  expect(readHs256(signJwt("HS256", key, { jti: "1" }), key)).toEqual({ jti: "1" });
});
