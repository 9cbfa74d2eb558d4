import { mailboxProviders } from "@tidings/contract/mailbox-providers";
import { expect, test } from "vitest";
import { mailboxProviderOf } from "./mailbox-provider.ts";

test("a mail address has the provider of its domain, in whatever case it is written", () => {
  const of = (to: string) => mailboxProviderOf("email", to);
  expect(["a@gmail.com", "a@GoogleMail.com", "a@hotmail.fr", "a@icloud.com", "a@web.de"].map(of)).toEqual([
    "gmail",
    "gmail",
    "outlook",
    "apple",
    "gmx",
  ]);
  expect([of("a@yahoo.com"), of("a@yahoo.co.jp"), of("a@aol.com")]).toEqual(["yahoo", "yahoo_japan", "yahoo"]);
});

test("a domain that only looks like one, or is below it, is another", () => {
  const of = (to: string) => mailboxProviderOf("email", to);
  for (const to of [
    "a@gmail.co",
    "a@mygmail.com",
    "a@mail.gmail.com",
    "gmail.com@example.com",
    "a@constructor",
    "a@live.example",
  ])
    expect([to, of(to)]).toEqual([to, "other"]);
});

test("addresses of other channels have none", () => {
  expect([mailboxProviderOf("sms", "+43660123456"), mailboxProviderOf("push", "a@gmail.com")]).toEqual([
    undefined,
    undefined,
  ]);
});

test("stored places of providers stay what they were", () => {
  expect(mailboxProviders.slice(0, 6)).toEqual(["other", "gmail", "outlook", "yahoo", "yahoo_japan", "apple"]);
});
