import { createHmac } from "node:crypto";
import { categoryBodySchema } from "@tidings/contract/categories";
import { policyBodySchema } from "@tidings/contract/policies";
import type { Lane } from "@tidings/contract/words";
import { describe, expect, test } from "vitest";
import { someDelivery, someOrigin } from "../../domain/delivery.conformance.ts";
import type { MessageOrigin } from "../../domain/message.ts";
import { readClickToken, readOpenToken } from "../../domain/tracking-token.ts";
import type { RenderedContent } from "../../ports/provider.ts";
import { Tracking } from "./tracking.ts";

const versioned = <Document>(document: Document) => ({ environmentId: 1, key: "k", version: 1, document });
const dayMs = 86_400_000;

interface Chosen {
  category?: object;
  policy?: object;
  publicUrl?: string;
}

/** What goes out as tracked, how often was signed for it, and what its tokens say. */
function bench({ category, policy, publicUrl = "https://n.example/mail" }: Chosen) {
  let signed = 0;
  const signer = {
    sign: (environmentId: number, purpose: string, text: string) => {
      signed += 1;
      return createHmac("sha256", `${environmentId} ${purpose}`).update(text).digest();
    },
  };
  const configuration = {
    category: () => category && versioned(categoryBodySchema.parse({ class: "marketing", tracking: category })),
    policy: () => policy && versioned(policyBodySchema.parse({ tracking: policy })),
  };
  const tracking = new Tracking(signer, configuration, { publicUrl: () => publicUrl, linkDays: 100 });
  return {
    into: (content: RenderedContent, over: Partial<MessageOrigin> = {}, attempts = 0) =>
      tracking.into({ ...someDelivery("m", someOrigin(over)), createdAt: 5, attempts }, content),
    signs: () => signed,
    read: (html: string | undefined) =>
      [...(html ?? "").matchAll(/"https:\/\/n\.example\/mail\/([co])\/([\w.-]+)"/g)].map(([, kind, text = ""]) =>
        kind === "c" ? readClickToken(signer, text, 6) : readOpenToken(signer, text, 6),
      ),
  };
}

const html = '<body><a href="https://a.example/1">x</a></body>';
const content = { subject: "s", text: "x (https://a.example/1)", html };
const both = { opens: true, clicks: true };

test("a mail tells whose it is, where it leads and how long, and its text stays as it was", () => {
  const { into, read } = bench({ category: both });
  const made = into(content);
  const token = { environmentId: 1, messageId: "m", expiresAt: 5 + 100 * dayMs };
  expect(read(made.html)).toEqual([{ ...token, target: "https://a.example/1" }, token]);
  expect(made).toEqual({ ...content, html: made.html });
  expect(made.html).not.toContain('"https://a.example/1"');
});

test("every attempt has the same links", () => {
  const { into } = bench({ category: both });
  expect(into(content, {}, 3)).toEqual(into(content));
});

test("signs once for each place that the mail leads to, however often", () => {
  const { into, signs } = bench({ category: { clicks: true } });
  into({ html: '<a href="https://a.example/?x=1&amp;y">1</a><a href="https://b.example">2</a>'.repeat(10) });
  expect(signs()).toBe(2);
});

describe("what is tracked", () => {
  const kinds = (chosen: Chosen, lane: Lane = "transactional") => {
    const made = bench(chosen).into(content, { lane }).html ?? "";
    return [...(made.includes("/o/") ? ["opens"] : []), ...(made.includes("/c/") ? ["clicks"] : [])];
  };

  test.each<[string, Chosen, string[]]>([
    ["nothing, where nobody said so", {}, []],
    ["what the category says", { category: { opens: true } }, ["opens"]],
    ["what the category says of clicks alone", { category: { clicks: true } }, ["clicks"]],
    ["what the policy says", { policy: both }, ["opens", "clicks"]],
    ["what the policy says, where the category does not", { policy: both, category: { opens: false } }, ["clicks"]],
    ["nothing, where the category says so", { policy: both, category: { opens: false, clicks: false } }, []],
    ["nothing, where nobody is reached", { category: both, publicUrl: "http://n.example" }, []],
  ])("is %s", (_, chosen, expected) => {
    expect(kinds(chosen)).toEqual(expected);
  });

  test("is of critical mail what its category says, and never what the policy does", () => {
    expect(kinds({ policy: both }, "critical")).toEqual([]);
    expect(kinds({ policy: both, category: { opens: true } }, "critical")).toEqual(["opens"]);
    expect(kinds({ category: both }, "critical")).toEqual(["opens", "clicks"]);
  });

  test("is nothing but mail with HTML", () => {
    const { into, signs } = bench({ category: both });
    for (const channel of ["sms", "push", "in_app", "chat", "webhook"] as const)
      expect(into(content, { channel })).toBe(content);
    const text = { subject: "s", text: "https://a.example/" };
    expect(into(text)).toBe(text);
    expect(bench({}).into(content)).toBe(content);
    expect(signs()).toBe(0);
  });
});

test("links of ours, by which somebody says no or that are tracked already, stay as they were", () => {
  const { into } = bench({ category: { clicks: true } });
  for (const path of ["u/t", "p/t", "p/confirm/t", "c/t", "o/t"]) {
    const own = `<a href="https://n.example/mail/${path}">x</a>`;
    expect(into({ html: own }).html).toBe(own);
    const otherwise = own.replace("https://n.example/mail/", "HTTPS://N.example:443/mail/");
    expect(into({ html: otherwise }).html).toBe(otherwise);
  }
  for (const other of [
    "https://n.example/mail/shop",
    "https://n.example/u/t",
    "https://n.example.evil.example/mail/u/t",
  ])
    expect(into({ html: `<a href="${other}">x</a>` }).html).toContain("/mail/c/");
});
