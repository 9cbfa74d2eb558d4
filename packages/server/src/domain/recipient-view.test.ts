import type { RecipientBody } from "@tidings/contract/recipients";
import { describe, expect, test } from "vitest";
import { addressesOf, normaliseAddress } from "./recipient.ts";
import { bodyOf, mergeBody, parseProfile, parseSecrets } from "./recipient-view.ts";

const given = (body: RecipientBody) =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));

describe("a recipient over a stored one", () => {
  const stored: RecipientBody = {
    email: ["a@x.org"],
    phone: ["+431"],
    locale: "de",
    attributes: { plan: "free", seats: 1 },
    personal: { name: "Ada" },
  };

  test("replaces the fields that it gives and keeps the others", () => {
    expect(given(mergeBody(stored, { email: "b@x.org", timeZone: "Europe/Vienna" }))).toEqual({
      ...stored,
      email: "b@x.org",
      timeZone: "Europe/Vienna",
    });
  });

  test("merges attributes by name, each kind by itself", () => {
    const merged = mergeBody(stored, { attributes: { plan: "pro", team: "x" }, personal: { city: "Graz" } });
    expect(merged.attributes).toEqual({ plan: "pro", seats: 1, team: "x" });
    expect(merged.personal).toEqual({ name: "Ada", city: "Graz" });
  });

  test("does not change either of them, and an undefined field is none", () => {
    const before = structuredClone(stored);
    const merged = mergeBody(stored, { locale: undefined, attributes: { plan: "pro" } });
    expect(stored).toEqual(before);
    expect(merged.locale).toBe("de");
  });

  test("over nothing is itself", () => {
    expect(given(mergeBody({}, { email: "a@x.org" }))).toEqual({ email: "a@x.org", attributes: {}, personal: {} });
  });
});

describe("a stored recipient", () => {
  test("comes back as the body that it was made from, the main address first", () => {
    const body: RecipientBody = {
      email: ["b@x.org", "a@x.org"],
      phone: ["+431"],
      push: ["token"],
      webhook: ["https://x.org"],
      chat: ["c"],
      locale: "de",
      timeZone: "UTC",
      tenant: "t",
      attributes: { plan: "pro" },
      personal: { n: null },
    };
    const addresses = addressesOf("u1", body).map((address) => ({ ...address, hash: address.value }));
    const profile = parseProfile(
      JSON.stringify({ locale: "de", timeZone: "UTC", tenant: "t", attributes: { plan: "pro" } }),
    );
    expect(bodyOf(profile, parseSecrets(JSON.stringify({ addresses, personal: { n: null } })))).toEqual(body);
  });

  test("without addresses has none, not empty ones", () => {
    const body = bodyOf({ attributes: {} }, { addresses: [], personal: {} });
    expect(given(body)).toEqual({ attributes: {}, personal: {} });
  });

  test("that is malformed is refused", () => {
    expect(() => parseProfile("{}")).toThrow();
    expect(() => parseSecrets('{"addresses":[{"channel":"pigeon","hash":"","value":""}],"personal":{}}')).toThrow();
  });
});

describe("addresses", () => {
  test("are taken per channel; a phone number serves voice too, and the inbox needs none", () => {
    expect(addressesOf("u1", { email: ["a@x.org", "b@x.org"], phone: "+431" })).toEqual([
      { channel: "email", value: "a@x.org" },
      { channel: "email", value: "b@x.org" },
      { channel: "sms", value: "+431" },
      { channel: "voice", value: "+431" },
      { channel: "in_app", value: "u1" },
    ]);
  });

  test.each([
    ["Ada@Example.ORG", "ada@example.org"],
    ['"a@b"@X.org', '"a@b"@x.org'],
    ["e\u0301@x.org", "\u00e9@x.org"],
  ])("of mail are equal where %s and %s are", (a, b) => {
    expect(normaliseAddress("email", a)).toBe(normaliseAddress("email", b));
  });

  test("of other channels keep their case", () => {
    expect(normaliseAddress("push", "AbC")).toBe("AbC");
  });
});
