import type { CapBody } from "@tidings/contract/caps";
import { expect, test } from "vitest";
import { capsOf, rulesOf, zoneOf } from "./timing-levels.ts";

const profile = (timeZone?: string) => ({ profile: { timeZone, attributes: {} } });
const once: CapBody[] = [{ limit: 1, windowSeconds: 60, over: "drop" }];
const twice: CapBody[] = [{ limit: 2, windowSeconds: 60, over: "defer" }];

test("the time zone is the recipient's, else their tenant's, else the environment's, else UTC", () => {
  const levels = { tenant: { timeZone: "Asia/Kolkata" }, environment: { timeZone: "Europe/Vienna" } };
  expect(zoneOf(levels, profile("Pacific/Apia"))).toBe("Pacific/Apia");
  expect(zoneOf(levels, profile())).toBe("Asia/Kolkata");
  expect(zoneOf({ environment: levels.environment }, profile())).toBe("Europe/Vienna");
  expect(zoneOf({}, profile())).toBe("UTC");
});

test("each level keeps its own quiet hours, and only a category has a send window", () => {
  const night = { from: "22:00", to: "07:00" };
  expect(rulesOf({ recipient: { quietHours: false }, tenant: { quietHours: night, sendWindow: night } })).toEqual({
    quietHours: { recipient: false, tenant: night, category: undefined, environment: undefined },
    sendWindow: undefined,
  });
  expect(rulesOf({ category: { sendWindow: night } }).sendWindow).toEqual(night);
});

test("the caps of all levels hold together, and those of one level are one list for all messages", () => {
  expect(capsOf({ category: { caps: once }, environment: { caps: twice } })).toMatchObject([
    { limit: 1, level: "category" },
    { limit: 2, level: "environment" },
  ]);
  expect(capsOf({ category: { caps: once } })).toBe(capsOf({ category: { caps: once } }));
  expect(capsOf({})).toEqual([]);
});
