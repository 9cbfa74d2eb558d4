import type { IntegrationBody } from "@tidings/contract/integrations";
import type { Lane } from "@tidings/contract/words";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { candidates, choose, isSameForAll, type RouteFacts, type Routing, routed } from "./route.ts";

const one = (key: string, over: Partial<IntegrationBody> = {}) => ({
  key,
  document: { channel: "email" as const, provider: "smtp", ...over },
});
const keys = (list: readonly { key: string }[]) => list.map(({ key }) => key);

describe("integrations that may carry a message", () => {
  test("are those of its channel that are enabled and serve its lane", () => {
    const all = [
      one("a"),
      one("b", { channel: "sms" }),
      one("c", { enabled: false }),
      one("d", { enabled: true }),
      one("e", { lanes: ["marketing"] }),
      one("f", { lanes: ["critical", "transactional"] }),
    ];
    expect(keys(candidates(all, "email", "transactional"))).toEqual(["a", "d", "f"]);
    expect(keys(candidates(all, "email", "marketing"))).toEqual(["a", "d", "e"]);
    expect(candidates(all, "voice", "critical")).toEqual([]);
  });

  test("come by priority, lower first, then by key, in whatever order they were given", () => {
    const all = [
      one("d", { priority: 1 }),
      one("b"),
      one("a", { priority: 200 }),
      one("c", { priority: 100 }),
      one("e", { priority: 0 }),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: 5 }), (shuffled) => {
        const before = keys(shuffled);
        expect(keys(candidates(shuffled, "email", "critical"))).toEqual(["e", "d", "b", "c", "a"]);
        expect(keys(shuffled)).toEqual(before);
      }),
    );
  });
});

describe("the integration of an attempt", () => {
  const ordered = [one("a"), one("b"), one("c")];
  const fresh = { last: undefined, attempts: 0, lane: "critical" } as const;
  const after = (integration: string, outcome: "rejected" | "unknown", attempts: number, lane: Lane = "critical") => ({
    last: { integration, outcome },
    attempts,
    lane,
  });
  const shut =
    (...closed: string[]) =>
    ({ key }: { key: string }) =>
      closed.includes(key) ? "no" : "yes";

  test("is the best one at first", () => {
    expect(choose(ordered, fresh)?.key).toBe("a");
    expect(choose([], fresh)).toBeUndefined();
  });

  test("is the next one of the round after a refusal, and the same where there is no other", () => {
    expect(choose(ordered, after("a", "rejected", 1))?.key).toBe("b");
    expect(choose(ordered, after("b", "rejected", 2))?.key).toBe("c");
    expect(choose(ordered, after("c", "rejected", 3))?.key).toBe("a");
    expect(choose(ordered, after("a", "rejected", 3))?.key).toBe("b");
    expect(choose([one("a")], after("a", "rejected", 1))?.key).toBe("a");
    expect(choose([], after("a", "rejected", 1))).toBeUndefined();
  });

  test("is one that lets messages through, and the best where none does", () => {
    expect(choose(ordered, fresh, shut("a"))?.key).toBe("b");
    expect(choose(ordered, after("b", "rejected", 1), shut("a", "c"))?.key).toBe("b");
    expect(choose(ordered, fresh, shut("a", "b", "c"))?.key).toBe("a");
    expect(choose(ordered, fresh, ({ key }) => (key === "a" ? "probe" : "yes"))?.key).toBe("a");
  });

  test("is the same one where nobody knows what became of the last, unless it is gone", () => {
    expect(choose(ordered, after("c", "unknown", 1))?.key).toBe("c");
    expect(choose(ordered, after("gone", "unknown", 1))?.key).not.toBeUndefined();
    expect(choose(ordered, after("gone", "unknown", 1, "marketing"))).toBeUndefined();
    expect(choose([], after("a", "unknown", 1))).toBeUndefined();
  });

  test("is another one where that lets nothing through, but never for marketing", () => {
    expect(choose(ordered, after("a", "unknown", 1), shut("a"))?.key).toBe("b");
    expect(choose(ordered, after("a", "unknown", 1, "marketing"), shut("a"))?.key).toBe("a");
  });
});

describe("a route", () => {
  const facts = { messageId: "m", tenant: "", group: "example.com", country: "AT" };
  const keysFor = (all: ReturnType<typeof one>[], over: Partial<RouteFacts> = {}, routing: Routing = {}) =>
    keys(routed(candidates(all, "email", "critical"), "email", { ...facts, ...over }, routing));

  test("has those that serve its domain, country, region and tenant, and needs all that are named", () => {
    const all = [
      one("all"),
      one("domain", { serves: { domains: ["example.com"] } }),
      one("below", { serves: { domains: ["*.example.com"] } }),
      one("land", { serves: { countries: ["DE", "AT"] } }),
      one("region", { serves: { regions: ["eu"] } }),
      one("tenant", { serves: { tenants: ["acme"] } }),
      one("both", { serves: { tenants: ["acme"], countries: ["AT"] } }),
    ];
    const routing: Routing = { regions: { eu: ["AT"], us: ["US"] } };
    expect(keysFor(all, {}, routing)).toEqual(["all", "domain", "land", "region"]);
    expect(keysFor(all, { group: "mail.example.com", tenant: "acme" }, routing)).toEqual([
      "all",
      "below",
      "both",
      "land",
      "region",
      "tenant",
    ]);
    expect(keysFor(all, { country: undefined, group: "other.com", tenant: "acme" }, routing)).toEqual([
      "all",
      "tenant",
    ]);
    expect(keysFor(all, { country: "US", tenant: "acme" }, routing)).toEqual(["all", "domain", "tenant"]);
    expect(keysFor([one("far", { serves: { regions: ["unknown"] } })], {}, routing)).toEqual([]);
  });

  test("by price has the cheapest for the country first, and those without a price last", () => {
    const all = [
      one("free"),
      one("dear", { price: { amount: 5 } }),
      one("home", { price: { amount: 9, countries: { AT: 1 } } }),
    ];
    const cheapest: Routing = { channels: { email: "cheapest" } };
    expect(keysFor(all, {}, cheapest)).toEqual(["home", "dear", "free"]);
    expect(keysFor(all, { country: undefined }, cheapest)).toEqual(["dear", "home", "free"]);
  });

  test("by weight has each first as often as its weight says, the same one for one message, and never one without weight", () => {
    const all = [
      one("a", { weight: 3 }),
      one("b"),
      one("c", { weight: 0 }),
      one("later", { priority: 200, weight: 1000 }),
    ];
    const weighted: Routing = { channels: { email: "weighted" } };
    const firsts = Array.from({ length: 4000 }, (_, index) => keysFor(all, { messageId: `m${index}` }, weighted)[0]);
    const share = (key: string) => firsts.filter((first) => first === key).length / firsts.length;
    expect(share("a")).toBeGreaterThan(0.71);
    expect(share("a")).toBeLessThan(0.79);
    expect(share("a") + share("b")).toBe(1);
    expect(keysFor(all, { messageId: "m1" }, weighted)).toEqual(keysFor(all, { messageId: "m1" }, weighted));
    expect(keysFor(all, {}, weighted)).toHaveLength(4);
  });

  test("is the same for all only where nothing depends on the message", () => {
    expect(isSameForAll([one("a"), one("b")], "email", undefined)).toBe(true);
    expect(isSameForAll([one("a", { serves: { tenants: ["x"] } })], "email", undefined)).toBe(false);
    expect(isSameForAll([one("a")], "email", { channels: { email: "weighted" } })).toBe(false);
    expect(isSameForAll([one("a")], "email", { channels: { sms: "weighted" } })).toBe(true);
  });
});
