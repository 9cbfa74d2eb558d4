import { expect, it } from "vitest";
import { parseAddress, parseMailbox } from "./address.ts";

it("reads addresses of all scripts, with a domain as A-labels wherever the local part is ASCII", () => {
  expect(parseAddress("jane+tag@example.com")).toEqual({
    text: "jane+tag@example.com",
    domain: "example.com",
    needsSmtpUtf8: false,
  });
  expect(parseAddress("jane@bücher.example")).toEqual({
    text: "jane@xn--bcher-kva.example",
    domain: "xn--bcher-kva.example",
    needsSmtpUtf8: false,
  });
  expect(parseAddress("用户@例子.广告")).toEqual({
    text: "用户@例子.广告",
    domain: "xn--fsqu00a.xn--4rr70v",
    needsSmtpUtf8: true,
  });
});

it("refuses what would end a command or a header, and what no server takes", () => {
  const long = "x".repeat(65);
  const bad = ["nobody", "@x.test", "a@", "a b@c.test", "a@b@c.test", "a@b.test>", "a@b.test\r\nX: y", "a\0@b.test"];
  for (const text of [
    ...bad,
    `${long}@b.test`,
    `${"é".repeat(33)}@b.test`,
    `a@${"b".repeat(260)}`,
    "a@xn--\u00ad.test",
    "a@\ud800.test",
  ]) {
    expect(parseAddress(text), text).toBeUndefined();
  }
});

it("reads mailboxes with and without a name", () => {
  expect(parseMailbox('"Acme, Inc." <a@b.test>')?.name).toBe("Acme, Inc.");
  expect(parseMailbox("Zoë <a@b.test>")?.name).toBe("Zoë");
  expect(parseMailbox("a@b.test")?.name).toBe("");
  for (const text of ["A <a@b.test> <c@d.test>", "A <>", "A\r\nX: y <a@b.test>", "A <nobody>"]) {
    expect(parseMailbox(text), text).toBeUndefined();
  }
});
