import { expect, test } from "vitest";
import { attemptCost } from "./attempt-cost.ts";
import type { Candidate } from "./route.ts";

const priced = (price: Candidate["document"]["price"]): Candidate => ({
  key: "twilio",
  document: { channel: "sms", provider: "simulator", ...(price === undefined ? {} : { price }) },
});
const attempted = { channel: "sms", to: "+4366012345678", country: "DE", outcome: "accepted", repeats: false } as const;
const prices = priced({ amount: 0.05, countries: { AT: 0.079, DE: 0.075 } });

test("an attempt costs what its number's country does, and without one what its recipient's does", () => {
  expect(attemptCost(prices, attempted)).toBe(79_000);
  expect(attemptCost(prices, { ...attempted, to: undefined })).toBe(75_000);
  expect(attemptCost(prices, { ...attempted, to: undefined, country: undefined })).toBe(50_000);
  expect(attemptCost(prices, { ...attempted, channel: "email", to: "a@example.at", country: "FR" })).toBe(50_000);
});

test("what was refused, and what has no price, costs nothing", () => {
  expect(attemptCost(prices, { ...attempted, outcome: "rejected" })).toBe(0);
  expect(attemptCost(priced(undefined), attempted)).toBe(0);
});

test("an unknown end costs, but where a vendor that tells repetitions is asked again", () => {
  expect(attemptCost(prices, { ...attempted, outcome: "unknown" })).toBe(79_000);
  expect(attemptCost(prices, { ...attempted, outcome: "unknown", repeats: true })).toBe(0);
  expect(attemptCost(prices, { ...attempted, repeats: true })).toBe(79_000);
});
