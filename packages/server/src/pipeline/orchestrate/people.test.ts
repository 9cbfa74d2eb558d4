import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { Keyring } from "../../lib/keyring.ts";
import type { RecipientRecord } from "../../ports/store/orchestrate.ts";
import { People } from "./people.ts";
import { PersonCache } from "./person-cache.ts";

const keyring = new Keyring(randomBytes(32), (length) => randomBytes(length), 10);
keyring.addEnvironment({ id: 1, wrappedDataKey: keyring.newWrappedKey(), wrappedAddressKey: keyring.newWrappedKey() });

const told = (at: number) => ({ id: "anna", email: `anna-${at}@example.com`, updatedAt: new Date(at).toISOString() });

/** Anna as the store has her once a write of hers was committed. */
function stored(cache: PersonCache, at: number): RecipientRecord {
  const write = new People([], keyring, cache).upsert(1, told(at), at);
  if (write === undefined) throw new Error("nothing was written");
  return { ...write, version: 1, choices: null };
}

const addressOf = (people: People) => people.find(1, "anna")?.secrets.addresses[0]?.value;

describe("the recipients of one batch", () => {
  test("forget what a failed plan told of them, so that an older event that follows is still written", () => {
    const people = new People([], keyring, new PersonCache(10));
    people.keep();
    people.upsert(1, told(2000), 3000);
    people.undo();
    expect(people.find(1, "anna")).toBeUndefined();
    people.keep();
    expect(people.upsert(1, told(1000), 3000)?.updatedAt).toBe(1000);
  });

  test("keep what an earlier plan told when a later one fails", () => {
    const people = new People([], keyring, new PersonCache(10));
    people.keep();
    people.upsert(1, told(1000), 3000);
    people.keep();
    people.upsert(1, told(2000), 3000);
    expect(addressOf(people)).toBe("anna-2000@example.com");
    people.undo();
    expect(addressOf(people)).toBe("anna-1000@example.com");
  });

  test("are never cached before they are committed: another's write may take the version", () => {
    const cache = new PersonCache(10);
    const first = stored(cache, 1000);
    const people = new People([first], keyring, cache);
    people.upsert(1, told(2000), 3000);
    expect(addressOf(people)).toBe("anna-2000@example.com");
    const others = new People([first], keyring, new PersonCache(10)).upsert(1, told(2500), 3000);
    if (others === undefined) throw new Error("nothing was written");
    expect(addressOf(new People([{ ...others, version: 2, choices: null }], keyring, cache))).toBe(
      "anna-2500@example.com",
    );
  });
});
