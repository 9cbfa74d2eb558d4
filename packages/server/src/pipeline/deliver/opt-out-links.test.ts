import { expect, test } from "vitest";
import { readConsentToken } from "../../domain/consent-token.ts";
import { someDelivery, someOrigin } from "../../domain/delivery.conformance.ts";
import { readOptOutToken } from "../../domain/opt-out-token.ts";
import { OptOutLinks } from "./opt-out-links.ts";

const keyring = { hash: (...parts: unknown[]) => parts.join(" "), sign: () => Buffer.alloc(32, 7) };
const asked = {
  category: () => ({
    environmentId: 1,
    key: "k",
    version: 1,
    document: { class: "transactional" as const, unsubscribe: true },
  }),
};
const links = (configuration: ConstructorParameters<typeof OptOutLinks>[1] = { category: () => undefined }) =>
  new OptOutLinks(keyring, configuration, {
    publicUrl: () => "https://shop.example/mail",
    linkDays: 60,
    consentLinkHours: 24,
  });
const delivery = (over: Parameters<typeof someOrigin>[0], id = "user") => {
  const made = someDelivery("m", someOrigin(over));
  return { ...made, recipient: { ...made.recipient, id } };
};

test("mail of marketing, and of a category that asks for it, has the link in its header; critical mail never", () => {
  expect(links().headerOf(delivery({ lane: "marketing" }))).toMatch(/^https:\/\/shop\.example\/mail\/u\//);
  expect(links().headerOf(delivery({ lane: "transactional" }))).toBeUndefined();
  expect(links(asked).headerOf(delivery({ lane: "transactional" }))).toBeDefined();
  expect(links(asked).headerOf(delivery({ lane: "critical" }))).toBeUndefined();
  expect(links(asked).headerOf(delivery({ lane: "marketing", channel: "sms" }))).toBeUndefined();
  expect(links(asked).of(delivery({ lane: "critical" })).unsubscribeUrl).toBeUndefined();
});

test("the link of every attempt is the same, and fits into a line of a header", () => {
  const one = delivery({ lane: "marketing" });
  expect(links().headerOf({ ...one, attempts: 3 })).toBe(links().headerOf(one));
  const long = links().headerOf(delivery({ lane: "marketing", tenant: "t".repeat(100) }, "字".repeat(200))) ?? "";
  expect(long.length).toBeLessThan(900);
  expect(readOptOutToken(keyring, long.slice(long.lastIndexOf("/") + 1), 0)).toMatchObject({
    recipient: "",
    channel: "email",
  });
});

test("each message has links of its own, however often they are asked for", () => {
  const all = links();
  const [one, other] = [delivery({ lane: "marketing" }, "one"), delivery({ lane: "marketing" }, "other")];
  const first = all.of(one);
  expect(all.of(other)).not.toEqual(first);
  expect(all.of(one)).toEqual(first);
  expect(all.headerOf(other)).toBe(all.of(other).unsubscribeUrl);
});

test("the link that confirms a consent is for what the data names, else for the message's category on its channel", () => {
  const tokenOf = (data: Record<string, unknown>) => {
    const url = links().confirmUrlOf({ ...delivery({ category: "hello", channel: "email" }), data });
    expect(url).toMatch(/^https:\/\/shop\.example\/mail\/p\/confirm\//);
    return readConsentToken(keyring, url.slice(url.lastIndexOf("/") + 1), 0);
  };
  expect(tokenOf({})).toMatchObject({ recipient: "user", purpose: "hello", channel: "email" });
  expect(tokenOf({ purpose: 7 })).toMatchObject({ purpose: "hello", channel: "email" });
  expect(tokenOf({ purpose: "news", channel: "sms", action: "requested" })).toMatchObject({
    purpose: "news",
    channel: "sms",
  });
  expect(tokenOf({ purpose: "news" })).toMatchObject({ purpose: "news", channel: null });
});
