import type { CapBody } from "@tidings/contract/caps";
import { expect, test } from "vitest";
import { noChoices } from "../../domain/policy/choices.ts";
import { capsOf, levelsOf, rulesOf, zoneOf } from "./timing-levels.ts";

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

test("levels are the recipient's preferences, their tenant, the category and the environment's policy", () => {
  const night = { from: "22:00", to: "07:00" };
  const of = <Document>(key: string, document: Document) => ({ environmentId: 1, key, version: 1, document });
  const source = {
    configuration: {
      category: (_: number, key: string) => of(key, { class: "marketing" as const, caps: once }),
      policy: () => of("environment", { timeZone: "Europe/Vienna", caps: twice }),
    },
    tenants: { find: (_: number, key: string) => ({ key, name: undefined, branding: {}, quietHours: night }) },
  };
  const choices = { ...noChoices, preferences: { quietHours: false as const } };
  const levels = levelsOf(source, { environmentId: 1, category: "c", tenant: "acme" }, { choices });
  expect(rulesOf(levels).quietHours).toEqual({ recipient: false, tenant: night });
  expect(zoneOf(levels, profile())).toBe("Europe/Vienna");
  expect(capsOf(levels)).toMatchObject([{ level: "category" }, { level: "environment" }]);
  expect(levelsOf(source, { environmentId: 1, category: "c", tenant: "" }, { choices }).tenant).toBeUndefined();
});

test("the caps of all levels hold together, and those of one level are one list for all messages", () => {
  expect(capsOf({ category: { caps: once }, environment: { caps: twice } })).toMatchObject([
    { limit: 1, level: "category" },
    { limit: 2, level: "environment" },
  ]);
  expect(capsOf({ category: { caps: once } })).toBe(capsOf({ category: { caps: once } }));
  const both = () => capsOf({ category: { caps: once }, tenant: { caps: twice } });
  expect(both()).toBe(both());
  expect(capsOf({})).toEqual([]);
});
