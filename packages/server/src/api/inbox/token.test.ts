import { describe, expect, test } from "vitest";
import { Keyring } from "../../lib/keyring.ts";
import { SeededRandom } from "../../lib/seeded-random.ts";
import { type InboxToken, readToken, writeToken } from "./token.ts";

const random = new SeededRandom(7);
const keyring = new Keyring(Buffer.alloc(32, 1), (length) => random.bytes(length), 10);
for (const id of [1, 2]) {
  const keys = { wrappedDataKey: keyring.newWrappedKey(), wrappedAddressKey: keyring.newWrappedKey() };
  keyring.addEnvironment({ id, ...keys });
}
const token: InboxToken = {
  environmentId: 1,
  recipient: 'Zoë "東京".x',
  scopes: ["inbox:read"],
  expiresAt: 1000,
  generation: 5,
  id: "t1",
};

describe("a recipient's token", () => {
  test("says what it was made for, until it expires", () => {
    const text = writeToken(keyring, token);
    expect(text).toMatch(/^tit_[\w-]+\.[\w-]{43}$/);
    expect(readToken(keyring, text, 999)).toEqual(token);
    expect(readToken(keyring, text, 1000)).toBeUndefined();
  });

  test("that was altered in any character is none", () => {
    const text = writeToken(keyring, token);
    // The last character holds 4 bits of the signature and 2 of padding, which a decoder drops.
    for (let index = 0; index < text.length - 1; index += 1) {
      const other = text[index] === "A" ? "B" : "A";
      const altered = `${text.slice(0, index)}${other}${text.slice(index + 1)}`;
      expect([altered, readToken(keyring, altered, 0)]).toEqual([altered, undefined]);
    }
  });

  test("of other claims does not go with its signature, nor one of another environment's key", () => {
    const [, signature = ""] = writeToken(keyring, token).split(".");
    const [forged = ""] = writeToken(keyring, { ...token, recipient: "somebody else" }).split(".");
    expect(readToken(keyring, `${forged}.${signature}`, 0)).toBeUndefined();
    const elsewhere = { sign: (_id: number, purpose: string, text: string) => keyring.sign(2, purpose, text) };
    expect(readToken(keyring, writeToken(elsewhere, token), 0)).toBeUndefined();
    expect(readToken(keyring, writeToken(elsewhere, { ...token, environmentId: 2 }), 0)?.environmentId).toBe(2);
  });

  test.each([
    "",
    "tit_",
    "tit_.",
    "tit_e30.e30",
    `tit_${Buffer.from("[9]").toString("base64url")}.${"A".repeat(43)}`,
    "tdg_x",
  ])("%j is none", (text) => {
    expect(readToken(keyring, text, 0)).toBeUndefined();
  });

  test("of an environment that there is not is none", () => {
    const sign = { sign: () => Buffer.alloc(32) };
    expect(readToken(keyring, writeToken(sign, { ...token, environmentId: 99 }), 0)).toBeUndefined();
  });
});
