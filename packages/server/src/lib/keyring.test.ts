import { describe, expect, test } from "vitest";
import { Keyring } from "./keyring.ts";
import { SealError } from "./seal.ts";
import { SeededRandom } from "./seeded-random.ts";

const masterKey = Buffer.alloc(32, 1);

function make(options: { master?: Buffer; openedMax?: number; seed?: number } = {}) {
  const random = new SeededRandom(options.seed ?? 1);
  return new Keyring(options.master ?? masterKey, (length) => random.bytes(length), options.openedMax ?? 10);
}

function withEnvironments(...ids: number[]) {
  const keyring = make();
  const rows = ids.map((id) => ({
    id,
    wrappedDataKey: keyring.newWrappedKey(),
    wrappedAddressKey: keyring.newWrappedKey(),
  }));
  for (const row of rows) keyring.addEnvironment(row);
  return { keyring, rows };
}

describe("keyring", () => {
  test("opens what it sealed for an environment", () => {
    const { keyring } = withEnvironments(1);
    const sealed = keyring.sealForEnvironment(1, "event.payload", "secret");
    expect(keyring.unsealForEnvironment(1, "event.payload", sealed)).toBe("secret");
    expect(() => keyring.unsealForEnvironment(1, "event.inline", sealed)).toThrow(SealError);
  });

  test("keeps environments apart", () => {
    const { keyring } = withEnvironments(1, 2);
    const sealed = keyring.sealForEnvironment(1, "c", "secret");
    expect(() => keyring.unsealForEnvironment(2, "c", sealed)).toThrow(SealError);
    expect(keyring.hash(1, "email", "a@b.c")).not.toBe(keyring.hash(2, "email", "a@b.c"));
    expect(() => keyring.sealForEnvironment(3, "c", "x")).toThrow("environment 3");
  });

  test("opens after a restart with the same master key and the stored rows", () => {
    const { keyring, rows } = withEnvironments(1);
    const recipientKey = keyring.newWrappedKey();
    const forEnvironment = keyring.sealForEnvironment(1, "c", "one");
    const forRecipient = keyring.sealForRecipient(recipientKey, "c", "two");
    const later = make({ seed: 99 });
    for (const row of rows) later.addEnvironment(row);
    expect(later.unsealForEnvironment(1, "c", forEnvironment)).toBe("one");
    expect(later.unsealForRecipient(recipientKey, "c", forRecipient)).toBe("two");
    expect(later.hash(1, "email", "a@b.c")).toBe(keyring.hash(1, "email", "a@b.c"));
  });

  test("refuses an environment's keys with another master key", () => {
    const { rows } = withEnvironments(1);
    const other = make({ master: Buffer.alloc(32, 2) });
    for (const row of rows) expect(() => other.addEnvironment(row)).toThrow(SealError);
  });

  test("a recipient's field opens with that recipient's key only", () => {
    const keyring = make();
    const [anna, ben] = [keyring.newWrappedKey(), keyring.newWrappedKey()];
    const sealed = keyring.sealForRecipient(anna, "c", "anna@example.com");
    expect(() => keyring.unsealForRecipient(ben, "c", sealed)).toThrow(SealError);
  });

  test("signs by environment and purpose, with no key that a hash could give away", () => {
    const { keyring } = withEnvironments(1, 2);
    const signature = keyring.sign(1, "token", "text");
    expect(signature).toHaveLength(32);
    expect(keyring.sign(1, "token", "text")).toEqual(signature);
    for (const other of [
      keyring.sign(2, "token", "text"),
      keyring.sign(1, "other", "text"),
      keyring.sign(1, "token", "t"),
    ])
      expect(other).not.toEqual(signature);
    expect(signature.toString("hex").startsWith(keyring.hash(1, "token", "text"))).toBe(false);
  });

  test("seals the same text differently each time", () => {
    const { keyring } = withEnvironments(1);
    expect(keyring.sealForEnvironment(1, "c", "x")).not.toBe(keyring.sealForEnvironment(1, "c", "x"));
  });

  test("goes on when more recipients' keys were opened than it keeps", () => {
    const keyring = make({ openedMax: 3 });
    const keys = Array.from({ length: 10 }, () => keyring.newWrappedKey());
    const sealed = keys.map((key) => keyring.sealForRecipient(key, "c", key));
    expect(keys.map((key, index) => keyring.unsealForRecipient(key, "c", sealed[index] ?? ""))).toEqual(keys);
  });

  test("refuses a master key that is not 32 bytes", () => {
    expect(() => make({ master: Buffer.alloc(31) })).toThrow(SealError);
  });
});
