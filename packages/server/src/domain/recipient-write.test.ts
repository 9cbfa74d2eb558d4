import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { Keyring } from "../lib/keyring.ts";
import { type RecipientInput, recipientWrite } from "./recipient-write.ts";

function keyring(): Keyring {
  const ring = new Keyring(randomBytes(32), randomBytes, 100);
  ring.addEnvironment({ id: 1, wrappedDataKey: ring.newWrappedKey(), wrappedAddressKey: ring.newWrappedKey() });
  return ring;
}

function input(sealer: Keyring, body: RecipientInput["body"]): RecipientInput {
  return { environmentId: 1, id: "u1", body, updatedAt: 2, createdAt: 1, existingWrappedKey: undefined, sealer };
}

test("addresses and personal attributes are in no clear field", () => {
  const write = recipientWrite(
    input(keyring(), {
      email: "ada@example.org",
      phone: "+4366012345",
      attributes: { plan: "pro" },
      personal: { ssn: "4711" },
    }),
  );
  const text = JSON.stringify(write);
  expect(text).not.toContain("ada@");
  expect(text).not.toContain("66012345");
  expect(text).not.toContain("4711");
  expect(JSON.parse(write.profile)).toEqual({ attributes: { plan: "pro" } });
});

test("what is sealed opens again with the row's own key", () => {
  const ring = keyring();
  const write = recipientWrite(input(ring, { email: ["a@x.org", "b@x.org"], personal: { n: 1 } }));
  const opened = JSON.parse(ring.unsealForRecipient(write.wrappedKey, "recipient.sealed", write.sealed));
  expect(opened.personal).toEqual({ n: 1 });
  expect(opened.addresses.map((a: { value: string }) => a.value)).toEqual(["a@x.org", "b@x.org", "u1"]);
});

test("the same address in another case counts once, and has the same hash", () => {
  const ring = keyring();
  const twice = recipientWrite(input(ring, { email: ["Ada@Example.org", "ada@example.org"] }));
  const once = recipientWrite(input(ring, { email: "ADA@example.ORG" }));
  expect(twice.addresses).toEqual(once.addresses);
});

test("a stored data key is used again", () => {
  const ring = keyring();
  const wrapped = ring.newWrappedKey();
  expect(recipientWrite({ ...input(ring, {}), existingWrappedKey: wrapped }).wrappedKey).toBe(wrapped);
});
