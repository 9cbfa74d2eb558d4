import type { IntegrationBody } from "@tidings/contract/integrations";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { candidates, choose } from "./route.ts";

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

  test("is the best one at first", () => {
    expect(choose(ordered, undefined, "critical")?.key).toBe("a");
    expect(choose([], undefined, "critical")).toBeUndefined();
  });

  test("is the best other one after a refusal, and the same where there is no other", () => {
    expect(choose(ordered, { integration: "a", outcome: "rejected" }, "critical")?.key).toBe("b");
    expect(choose(ordered, { integration: "b", outcome: "rejected" }, "critical")?.key).toBe("a");
    expect(choose([one("a")], { integration: "a", outcome: "rejected" }, "critical")?.key).toBe("a");
  });

  test("is the same one where nobody knows what became of the last, unless it is gone", () => {
    expect(choose(ordered, { integration: "c", outcome: "unknown" }, "critical")?.key).toBe("c");
    expect(choose(ordered, { integration: "gone", outcome: "unknown" }, "critical")?.key).toBe("a");
    expect(choose(ordered, { integration: "gone", outcome: "unknown" }, "marketing")).toBeUndefined();
    expect(choose([], { integration: "a", outcome: "unknown" }, "critical")).toBeUndefined();
  });
});
