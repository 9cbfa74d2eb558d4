import { expect, test } from "vitest";
import { type CircuitEvidence, circuitEffect } from "./circuit-effect.ts";

const refused = (over: Partial<CircuitEvidence>): CircuitEvidence => ({
  status: "rejected",
  kind: "transient",
  code: "x",
  ...over,
});

test.each<[string, CircuitEvidence, string]>([
  ["accepted", { status: "accepted" }, "integration succeed"],
  ["unknown", { status: "unknown", code: "timeout" }, "integration fail"],
  ["no connection, or 5xx", refused({ code: "503" }), "integration fail"],
  ["a rate limit", refused({ code: "429", retryAfterMs: 2000 }), "integration hold"],
  ["a rate limit without a time", refused({ code: "429" }), "integration fail"],
  ["an account's fault", refused({ code: "401", scope: "integration" }), "integration trip"],
  ["an account's limit", refused({ code: "20429", scope: "integration", retryAfterMs: 9 }), "integration hold"],
  ["a domain that defers", refused({ scope: "destination" }), "destination fail"],
  ["a domain's policy", refused({ kind: "permanent", scope: "destination" }), "destination trip"],
  ["a domain's limit", refused({ scope: "destination", retryAfterMs: 9 }), "destination hold"],
  ["the message's own fault", refused({ kind: "permanent", code: "550" }), "integration succeed"],
  ["a device's limit", refused({ code: "429", scope: "message", retryAfterMs: 9 }), "integration succeed"],
])("%s is: %s", (_name, evidence, expected) => {
  const { at, effect } = circuitEffect(evidence);
  expect(`${at} ${effect}`).toBe(expected);
});

test("a hold lasts as long as the vendor says, and only a silence is no answer", () => {
  expect(circuitEffect(refused({ code: "429", retryAfterMs: 2000 })).holdMs).toBe(2000);
  expect(circuitEffect({ status: "unknown" }).answered).toBe(false);
  expect(circuitEffect(refused({})).answered).toBe(true);
});
