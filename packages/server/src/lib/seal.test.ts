import { describe, expect, test } from "vitest";
import { HmacKey } from "./hmac-key.ts";
import { keyedHash, SealError, seal, unseal } from "./seal.ts";

const key = { id: "00112233445566ff", key: Buffer.alloc(32, 7) };
const nonce = Buffer.alloc(12, 9);

describe("a sealed field", () => {
  test.each(["", "a", "Grüße 👋\n\u0000", "x".repeat(100_000)])("opens to what it was made of (%#)", (text) => {
    expect(unseal(key, "event.payload", seal(key, nonce, "event.payload", text))).toBe(text);
  });

  test("is version, key id, nonce, ciphertext and tag", () => {
    const bytes = Buffer.from(seal(key, nonce, "c", "hello"), "base64");
    expect(bytes[0]).toBe(1);
    expect(bytes.toString("hex", 1, 9)).toBe(key.id);
    expect(bytes.subarray(9, 21)).toEqual(nonce);
    expect(bytes).toHaveLength(1 + 8 + 12 + 5 + 16);
  });

  test("stays readable: this one was made by the first version", () => {
    const sealed = "AQARIjNEVWb/CQkJCQkJCQkJCQkJRuvq9f6VuQDNEqddyInMssXiZ2SSEYfWhpiWkwR9xpQ=";
    expect(unseal(key, "recipient.sealed", sealed)).toBe("anna@example.com");
    expect(seal(key, nonce, "recipient.sealed", "anna@example.com")).toBe(sealed);
  });

  test("shows nothing of its content", () => {
    const sealed = seal(key, nonce, "c", "anna@example.com");
    expect(Buffer.from(sealed, "base64").toString("latin1")).not.toContain("anna");
  });

  test("does not open in another place", () => {
    expect(() => unseal(key, "event.inline", seal(key, nonce, "event.payload", "x"))).toThrow(SealError);
  });

  test("does not open with another key, of the same id or not", () => {
    const sealed = seal(key, nonce, "c", "x");
    expect(() => unseal({ ...key, key: Buffer.alloc(32, 8) }, "c", sealed)).toThrow(SealError);
    expect(() => unseal({ ...key, id: "ffffffffffffffff" }, "c", sealed)).toThrow("another key");
  });

  test("does not open when any byte of it was altered", () => {
    const bytes = Buffer.from(seal(key, nonce, "c", "hello"), "base64");
    for (let at = 0; at < bytes.length; at += 1) {
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(() => unseal(key, "c", altered.toString("base64"))).toThrow(SealError);
    }
  });

  test("does not open when it was cut, or is no sealed field at all", () => {
    const sealed = seal(key, nonce, "c", "hello");
    for (const text of ["", "hello", sealed.slice(0, 20), sealed.slice(0, -8)]) {
      expect(() => unseal(key, "c", text)).toThrow(SealError);
    }
  });

  test("a fault says nothing of the content", () => {
    const sealed = seal(key, nonce, "c", "anna@example.com");
    let message = "";
    try {
      unseal(key, "other", sealed);
    } catch (error) {
      message = String(error);
    }
    expect(message).toMatch(/SealError/);
    expect(message).not.toContain("anna");
  });
});

describe("a keyed hash", () => {
  test("is 32 hex digits, the same for the same parts", () => {
    expect(keyedHash(new HmacKey(key.key), "email", "a@b.c")).toMatch(/^[0-9a-f]{32}$/);
    expect(keyedHash(new HmacKey(key.key), "email", "a@b.c")).toBe(keyedHash(new HmacKey(key.key), "email", "a@b.c"));
  });

  test("differs by key, by part and by where one part ends", () => {
    const hashes = [
      keyedHash(new HmacKey(key.key), "ab", "c"),
      keyedHash(new HmacKey(key.key), "a", "bc"),
      keyedHash(new HmacKey(key.key), "abc"),
      keyedHash(new HmacKey(Buffer.alloc(32, 8)), "ab", "c"),
    ];
    expect(new Set(hashes).size).toBe(4);
  });
});
