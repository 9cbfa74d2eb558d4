import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { HmacKey } from "../lib/hmac-key.ts";
import { keyedHash } from "../lib/seal.ts";
import { readReturnPath, returnPathOf } from "./return-path.ts";

const keys = new Map([
  [1, Buffer.alloc(32, 1)],
  [4_000_000_000, Buffer.alloc(32, 2)],
]);
const hash = (environmentId: number, ...parts: string[]): string | undefined => {
  const key = keys.get(environmentId);
  return key === undefined ? undefined : keyedHash(new HmacKey(key), ...parts);
};
const made = (environmentId: number, messageId: string): string =>
  returnPathOf("bounces@example.com", environmentId, messageId, (...parts) => hash(environmentId, ...parts) ?? "");

it("says which message a bounce is about, whatever case a server made of it", () => {
  for (const environmentId of keys.keys()) {
    const messageId = randomUUID();
    const address = made(environmentId, messageId);
    expect(address).toMatch(/^bounces\+[a-z2-7]{48}@example\.com$/);
    expect(readReturnPath(address, hash)).toEqual({ environmentId, messageId });
    expect(readReturnPath(address.toUpperCase(), hash)).toEqual({ environmentId, messageId });
  }
});

it("fits in a local part with the longest name that settings allow", () => {
  const address = returnPathOf("a".repeat(15).concat("@x.test"), 1, randomUUID(), () => "0".repeat(32));
  expect(address.indexOf("@")).toBe(64);
});

it("takes no token that was forged: no other message, environment, character or length", () => {
  const address = made(1, randomUUID());
  const token = /\+(.*)@/.exec(address)?.[1] ?? "";
  for (let at = 0; at < token.length; at += 1) {
    const other = token[at] === "a" ? "b" : "a";
    const forged = `${token.slice(0, at)}${other}${token.slice(at + 1)}`;
    expect(readReturnPath(`bounces+${forged}@example.com`, hash), `character ${at}`).toBeUndefined();
  }
  for (const text of ["", "bounces@example.com", "bounces+@example.com", `bounces+${token.slice(1)}@example.com`]) {
    expect(readReturnPath(text, hash)).toBeUndefined();
  }
  expect(readReturnPath(made(1, randomUUID()), () => "")).toBeUndefined();
  const foreign = returnPathOf(
    "bounces@example.com",
    1,
    randomUUID(),
    (...parts) => hash(4_000_000_000, ...parts) ?? "",
  );
  expect(readReturnPath(foreign, hash)).toBeUndefined();
});
