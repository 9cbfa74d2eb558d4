import { type Lane, lanes } from "@tidings/contract/words";
import { expect, test } from "vitest";
import { someOrigin } from "./delivery.conformance.ts";
import { noPauses, type Pause, Pauses } from "./pause.ts";

const now = Date.UTC(2026, 0, 1);
const pauseOf = (kind: Pause["kind"], key: string, over: Partial<Pause> = {}): Pause => {
  const pause = { kind, key, tenant: "", until: null, ...over };
  return { id: `${kind} ${key} ${pause.tenant}`, ...pause };
};
const origin = someOrigin({ lane: "marketing", channel: "email", workflow: "offer", tenant: "acme" });

test("without pauses nothing is paused", () => {
  expect([noPauses.isEmpty, noPauses.of(origin, now), noPauses.ofIntegration("a", origin, now)]).toEqual([
    true,
    undefined,
    undefined,
  ]);
});

test.each<[Pause, boolean]>([
  [pauseOf("lane", "marketing"), true],
  [pauseOf("lane", "critical"), false],
  [pauseOf("channel", "email"), true],
  [pauseOf("channel", "sms"), false],
  [pauseOf("workflow", "offer"), true],
  [pauseOf("workflow", "other"), false],
  [pauseOf("lane", "marketing", { tenant: "acme" }), true],
  [pauseOf("lane", "marketing", { tenant: "other" }), false],
  [pauseOf("lane", "marketing", { until: now + 1 }), true],
  [pauseOf("lane", "marketing", { until: now }), false],
  // A kind's key is no other kind's.
  [pauseOf("workflow", "marketing"), false],
  [pauseOf("integration", "offer"), false],
])("%o is of the message: %s", (pause, isOf) => {
  expect(new Pauses([pause]).of(origin, now)).toBe(isOf ? pause : undefined);
  expect(new Pauses([pause]).isEmpty).toBe(false);
});

test("of an integration: of all, or of a tenant, for as long as it is in force", () => {
  const pauses = new Pauses([
    pauseOf("integration", "a"),
    pauseOf("integration", "b", { tenant: "acme" }),
    pauseOf("integration", "c", { until: now }),
  ]);
  const of = (key: string, tenant: string) => pauses.ofIntegration(key, { lane: "marketing", tenant }, now)?.id;
  expect([of("a", ""), of("a", "acme"), of("b", "acme"), of("b", ""), of("b", "other"), of("c", "")]).toEqual([
    "integration a ",
    "integration a ",
    "integration b acme",
    undefined,
    undefined,
    undefined,
  ]);
  expect(pauses.of(origin, now)).toBeUndefined();
});

test("of marketing by an integration: nothing else that goes by it, and it comes before that of the integration", () => {
  const marketing = new Pauses([pauseOf("marketing", "a"), pauseOf("marketing", "b", { until: now })]);
  const of = (pauses: Pauses, key: string, lane: Lane) =>
    pauses.ofIntegration(key, { lane, tenant: "acme" }, now)?.kind;
  expect(lanes.map((lane) => of(marketing, "a", lane))).toEqual([undefined, undefined, "marketing"]);
  expect([of(marketing, "b", "marketing"), of(marketing, "c", "marketing")]).toEqual([undefined, undefined]);
  const both = new Pauses([pauseOf("integration", "a"), pauseOf("marketing", "a")]);
  expect([of(both, "a", "marketing"), of(both, "a", "critical")]).toEqual(["marketing", "integration"]);
});

test("a message without a tenant or a workflow is of none that names one; that of all comes before a tenant's", () => {
  const direct = someOrigin({ lane: "critical", channel: "sms", workflow: "", tenant: "" });
  const all = [pauseOf("lane", "critical", { tenant: "acme" }), pauseOf("workflow", "offer")];
  expect(new Pauses(all).of(direct, now)).toBeUndefined();
  const both = new Pauses([pauseOf("lane", "marketing", { tenant: "acme" }), pauseOf("lane", "marketing")]);
  expect(both.of(origin, now)?.tenant).toBe("");
  const ended = new Pauses([
    pauseOf("lane", "marketing", { tenant: "acme" }),
    pauseOf("lane", "marketing", { until: now }),
  ]);
  expect(ended.of(origin, now)?.tenant).toBe("acme");
});
