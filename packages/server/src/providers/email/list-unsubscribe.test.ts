import type { Lane } from "@tidings/contract/words";
import { expect, it } from "vitest";
import { outbound } from "../testing/environment.ts";
import { unsubscribeFault, unsubscribeHeaders } from "./list-unsubscribe.ts";
import { headerText } from "./mime/header.ts";

const settings = {
  unsubscribeUrl: "https://acme.test/u?r={recipient}&m={message}&c={category}&t={tenant}",
  unsubscribeMailto: "mailto:leave@acme.test?subject={message}",
  unsubscribeTransactional: false,
};
const mail = (lane: Lane, recipient = "user 1/ü<\r\n>") =>
  outbound("email", "a@b.test", { id: "m1", lane, recipient, category: "news", tenant: "t&1" });
const text = (lane: Lane, change: object = {}): string | undefined =>
  unsubscribeHeaders(mail(lane), { ...settings, ...change })
    ?.map(headerText)
    .join("");

it("puts both headers on marketing mail, with the message's values percent-encoded", () => {
  expect(text("marketing")).toBe(
    "List-Unsubscribe: <https://acme.test/u?r=user%201%2F%C3%BC%3C%0D%0A%3E&m=m1&c=news&t=t%261>,\r\n" +
      " <mailto:leave@acme.test?subject=m1>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
  );
});

it("puts them on transactional mail where asked to, and never on critical", () => {
  expect(text("transactional")).toBe("");
  expect(text("transactional", { unsubscribeTransactional: true })).toContain("List-Unsubscribe-Post");
  expect(text("critical", { unsubscribeTransactional: true })).toBe("");
  expect(text("marketing", { unsubscribeUrl: undefined })).toBe("");
});

it("makes no line that is too long", () => {
  expect(unsubscribeHeaders(mail("marketing", "\u{1f600}".repeat(200)), settings)).toBeUndefined();
  expect(unsubscribeHeaders(mail("marketing", "\ud800"), settings)).toHaveLength(2);
});

it.each([
  "http://a.test/",
  "https://",
  "https://a.test/{name}",
  "https://a.test/ x",
  "https://a.test/>\r\n",
  "ftp://a.test",
])("refuses %j as a template", (template) => {
  expect(unsubscribeFault(template, "https:")).toBeDefined();
});
