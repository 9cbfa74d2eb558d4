import { expect, test } from "vitest";
import { StoreUnavailable } from "../../sql/unavailable.ts";
import { asideFor, Unfit } from "./unfit.ts";

const behind = new Unfit("behind", "it is behind", 7000.4);

test("a replica is left aside for what the first of its servers that answered said, or else as it cannot be reached", () => {
  const aside = { state: "aside", reason: "behind", behindMs: 7000 };
  expect(asideFor(behind)).toEqual(aside);
  const all = new AggregateError([new Error("ECONNREFUSED"), behind, new Unfit("no_standby", "x")], "none of its 3");
  expect(asideFor(new StoreUnavailable("the database cannot be reached", { cause: all }))).toEqual(aside);
  for (const error of [new Error("why"), "why", new StoreUnavailable("no", { cause: new Error("why") })])
    expect(asideFor(error)).toEqual({ state: "aside", reason: "unavailable" });
});
