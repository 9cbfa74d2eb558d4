import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { type OptOutToken, readOptOutToken, writeOptOutToken } from "./opt-out-token.ts";

const signer = {
  sign: (environmentId: number, purpose: string, text: string) => {
    if (environmentId > 2) throw new Error("no such environment");
    return createHmac("sha256", `key ${environmentId} ${purpose}`).update(text).digest();
  },
};
const token: OptOutToken = {
  environmentId: 1,
  recipient: "user ü",
  channel: "email",
  addressHash: "a".repeat(32),
  category: "news",
  tenant: "acme",
  messageId: "m1",
  locale: "de-AT",
  expiresAt: 1000,
};
const text = writeOptOutToken(signer, token);

test("a token says what it was made of until it expires, and that it did after that", () => {
  expect(readOptOutToken(signer, text, 999)).toEqual(token);
  expect(readOptOutToken(signer, text, 1000)).toBe("expired");
  expect(text).toMatch(/^[\w.-]+$/);
});

test("no change of a single character leaves it valid, nor does anything that is left out or put in front or behind", () => {
  for (let at = 0; at < text.length; at += 1) {
    for (const other of ["A", "b", "_", "."]) {
      const altered = text.slice(0, at) + other + text.slice(at + 1);
      if (altered !== text) expect(readOptOutToken(signer, altered, 1), altered).toBeUndefined();
    }
    expect(readOptOutToken(signer, text.slice(0, at), 1)).toBeUndefined();
  }
  for (const altered of [`${text}A`, `A${text}`, `${text}=`, `${text} `])
    expect(readOptOutToken(signer, altered, 1)).toBeUndefined();
});

test("claims of another environment, or of none, are not taken under a signature that they do not have", () => {
  const [payload = "", signature = ""] = text.split(".");
  for (const environmentId of [2, 3, -1, 1.5]) {
    const claims: unknown[] = JSON.parse(Buffer.from(payload, "base64url").toString());
    claims[1] = environmentId;
    const moved = `${Buffer.from(JSON.stringify(claims)).toString("base64url")}.${signature}`;
    expect(readOptOutToken(signer, moved, 1)).toBeUndefined();
  }
});
