import { marketingGuardSchema } from "@tidings/contract/marketing-guard";
import { expect, test } from "vitest";
import { breachOf, breachText, guardRule, type MarketingFigures } from "./marketing-guard.ts";

const rule = marketingGuardSchema.parse({});
const figures = (over: Partial<MarketingFigures>): MarketingFigures => {
  return { sent: 0, delivered: 0, bounced: 0, complained: 0, ...over };
};

test.each<[string, Partial<MarketingFigures>, object | undefined]>([
  ["nothing", {}, undefined],
  [
    "5 % complaints of what was delivered",
    { sent: 200, delivered: 200, complained: 10 },
    { cause: "complaints", count: 10, among: 200 },
  ],
  [
    "the same where nobody tells of deliveries",
    { sent: 210, bounced: 10, complained: 10 },
    { cause: "complaints", count: 10, among: 200 },
  ],
  ["too few messages", { sent: 199, delivered: 199, complained: 199 }, undefined],
  ["too few complaints", { sent: 200, complained: 4 }, undefined],
  ["as many complaints as are borne", { sent: 2000, complained: 6 }, undefined],
  ["one more", { sent: 2000, complained: 7 }, { cause: "complaints", count: 7, among: 2000 }],
  ["as many bounces as are borne", { sent: 1000, bounced: 50 }, undefined],
  ["one bounce more", { sent: 1000, bounced: 51 }, { cause: "bounces", count: 51, among: 1000 }],
  [
    "complaints before bounces",
    { sent: 1000, bounced: 500, complained: 5 },
    { cause: "complaints", count: 5, among: 500 },
  ],
])("%s", (_, over, expected) => expect(breachOf(figures(over), rule)).toEqual(expected));

test("an environment is watched unless its policy says that it is not", () => {
  expect(guardRule(undefined)).toEqual({
    enabled: true,
    complaintRateMax: 0.3,
    bounceRateMax: 5,
    messagesMin: 200,
    reportsMin: 5,
    hours: 24,
  });
  expect(guardRule({ marketingGuard: { ...rule, complaintRateMax: 0.1 } })?.complaintRateMax).toBe(0.1);
  expect(guardRule({ marketingGuard: { ...rule, enabled: false } })).toBeUndefined();
});

test("the reason says what was counted and what is borne", () => {
  expect(breachText({ cause: "complaints", count: 10, among: 240 }, rule)).toBe(
    "10 complaints of 240 messages (4.17 %) within 24 h: more than 0.3 %",
  );
  expect(breachText({ cause: "bounces", count: 1, among: 10 }, rule)).toMatch(/^1 bounces .* more than 5 %$/);
});
