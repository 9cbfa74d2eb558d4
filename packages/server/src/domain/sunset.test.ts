import { expect, test } from "vitest";
import { type SunsetClaim, type SunsetState, settleSunset } from "./sunset.ts";

const claim: SunsetClaim = {
  afterMs: 100,
  graceMs: 0,
  consentAt: null,
  ask: { template: "still-there", templateVersion: 2 },
  detail: "news: 90 days",
};
const state = (over: Partial<SunsetState> = {}): SunsetState => ({
  since: 1000,
  engagedAt: null,
  askedAt: null,
  askedBy: "",
  ...over,
});
const asked = state({ askedAt: 1150, askedBy: "r1 mail email" });

test.each<[string, SunsetState | undefined, Partial<SunsetClaim>, number, string, string]>([
  ["the first message", undefined, {}, 1000, "r", "send"],
  ["one within the time", state(), {}, 1099, "r", "send"],
  ["the first behind it", state(), {}, 1100, "r", "ask"],
  ["one whose channel the question has nothing for", state(), { ask: null }, 1100, "r", "send"],
  ["another address of the same question", asked, {}, 1150, "r1 mail email", "ask"],
  ["what comes behind the question", asked, {}, 1151, "r", "stop"],
  ["that, on a channel that asks nobody", asked, { ask: null }, 1151, "r", "stop"],
  ["what comes within the time of grace", asked, { graceMs: 50 }, 1199, "r", "send"],
  ["what comes behind that", asked, { graceMs: 50 }, 1200, "r", "stop"],
  ["one behind something that was opened", state({ engagedAt: 1050 }), {}, 1200, "r", "send"],
  ["one behind an answer to the question", { ...asked, engagedAt: 1160 }, {}, 1300, "r", "send"],
  ["one behind a consent given anew", asked, { consentAt: 1200 }, 1300, "r", "send"],
  ["one whose consent is older than the silence", asked, { consentAt: 900 }, 1300, "r", "stop"],
])("%s", (_, before, over, at, by, outcome) => {
  expect(settleSunset(before, { ...claim, ...over }, { at, by }).outcome).toBe(outcome);
});

test("who engaged is silent for the whole time again before they are asked again", () => {
  const first = settleSunset({ ...asked, engagedAt: 1160 }, claim, { at: 1300, by: "r" });
  expect(first.state).toEqual({ since: 1300, engagedAt: 1160, askedAt: null, askedBy: "" });
  expect(settleSunset(first.state, claim, { at: 1399, by: "r" }).outcome).toBe("send");
  expect(settleSunset(first.state, claim, { at: 1400, by: "r" }).outcome).toBe("ask");
});
