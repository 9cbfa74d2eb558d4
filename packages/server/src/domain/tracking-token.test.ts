import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type ClaimSigner, writeClaims } from "./signed-claims.ts";
import { type ClickToken, readClickToken, readOpenToken, writeClickToken, writeOpenToken } from "./tracking-token.ts";

const signer: ClaimSigner = {
  sign: (environmentId, purpose, text) => {
    if (environmentId > 2) throw new Error("no such environment");
    return createHmac("sha256", `key ${environmentId} ${purpose}`).update(text).digest();
  },
};
const click: ClickToken = {
  environmentId: 1,
  messageId: "019c8a3e-5f00-8a11-9c2d-3b4e5f607182",
  target: "https://shop.example/%C3%BC?a=1&b=2#c",
  expiresAt: 1000,
};
const { target: _target, ...open } = click;
const clickText = writeClickToken(signer, click) ?? "";
const openText = writeOpenToken(signer, open);

describe.each([
  ["click", clickText, click, readClickToken],
  ["open", openText, open, readOpenToken],
] as const)("the token of a %s", (_, text, token, read) => {
  test("says what it was made of until it expires, and that it did after that", () => {
    expect(read(signer, text, 999)).toEqual(token);
    expect(read(signer, text, 1000)).toBe("expired");
    expect(text).toMatch(/^[\w.-]+$/);
  });

  test("is none once a character of it was changed, cut, or put in front or behind", () => {
    for (let at = 0; at < text.length; at += 1) {
      for (const other of ["A", "b", "_", "."]) {
        const altered = text.slice(0, at) + other + text.slice(at + 1);
        if (altered !== text) expect(read(signer, altered, 1), altered).toBeUndefined();
      }
      expect(read(signer, text.slice(0, at), 1)).toBeUndefined();
    }
    for (const altered of [`${text}A`, `A${text}`, `${text}=`]) expect(read(signer, altered, 1)).toBeUndefined();
  });

  test("is of its environment alone", () => {
    const [payload = "", signature = ""] = text.split(".");
    for (const environmentId of [2, 3, -1, 1.5]) {
      const claims: unknown[] = JSON.parse(Buffer.from(payload, "base64url").toString());
      claims[1] = environmentId;
      const moved = `${Buffer.from(JSON.stringify(claims)).toString("base64url")}.${signature}`;
      expect(read(signer, moved, 1)).toBeUndefined();
    }
  });
});

test("no token is taken for one of the other kind", () => {
  expect(readOpenToken(signer, clickText, 1)).toBeUndefined();
  expect(readClickToken(signer, openText, 1)).toBeUndefined();
  const claims = [1, 1, "m", 1000, "https://shop.example/"];
  expect(readClickToken(signer, writeClaims(signer, 1, "open pixel", claims), 1)).toBeUndefined();
  expect(readClickToken(signer, writeClaims(signer, 1, "click link", claims), 1)).toMatchObject({ messageId: "m" });
  const opened = claims.slice(0, 4);
  expect(readOpenToken(signer, writeClaims(signer, 1, "click link", opened), 1)).toBeUndefined();
  expect(readOpenToken(signer, writeClaims(signer, 1, "open pixel", opened), 1)).toMatchObject({ messageId: "m" });
});

test.each([
  "javascript:alert(1)",
  "data:text/html,x",
  "//evil.example/",
  "/relative",
  "ftp://a.example/",
  "https:evil.example",
  " https://a.example/",
  "https://a.example/\r\nset-cookie: a=b",
  "https://shop.example@evil.example/",
])("a target that none of ours has is not believed under a good signature either: %j", (target) => {
  const text = writeClaims(signer, 1, "click link", [1, 1, "m", 1000, target]);
  expect(readClickToken(signer, text, 1)).toBeUndefined();
});

test("a target that makes a link longer than mail programs take has none", () => {
  const of = (length: number) =>
    writeClickToken(signer, { ...click, target: `https://a.example/${"x".repeat(length)}` });
  expect(of(1200)?.length).toBeLessThanOrEqual(1900);
  expect(readClickToken(signer, of(1200) ?? "", 1)).toMatchObject({ messageId: click.messageId });
  for (const length of [1370, 1_000_000]) expect(of(length)).toBeUndefined();
});
