import type { Route } from "@tidings/contract/route";
import { routes } from "@tidings/contract/routes";
import { expect, test } from "vitest";
import { z } from "zod";
import { operations } from "./operations.ts";
import type { Operation } from "./transport/operation.ts";

/** Open routes are for who uses no SDK, or another part of it: providers, Prometheus, generators, recipients' pages. */
const machines = ["getHealth", "getReadiness"];

/** A text without end is read by who wants it, with `fetch`; the SDK holds each answer whole. */
const isCalled = ({ operation, open, gives }: Route): boolean =>
  gives === undefined && (open === undefined || machines.includes(operation));

const all: Operation[] = Object.values(operations).flatMap((resource) => Object.values(resource));

const frame = ({ method, path, status, open, accepts }: Operation | Route) => ({ method, path, status, open, accepts });

/** Schemas that are made per route are not the same objects, yet say the same. */
function expectSame(ours: z.ZodType | undefined, theirs: z.ZodType | undefined, what: string): void {
  const described = (schema: z.ZodType | undefined) =>
    schema && z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  if (ours !== theirs) expect(described(ours), what).toEqual(described(theirs));
}

test("the SDK calls every route of the contract, each as the contract says", () => {
  const expected = routes.filter(isCalled);
  expect(all.map(({ name }) => name).sort()).toEqual(expected.map(({ operation }) => operation).sort());
  for (const route of expected) {
    const operation = all.find(({ name }) => name === route.operation);
    expect(operation && frame(operation), route.operation).toEqual(frame(route));
    for (const part of ["body", "query", "response"] as const) {
      expectSame(operation?.[part], route[part], `${route.operation}: ${part}`);
    }
  }
});

test("a POST is repeated without an idempotency key only where that is safe", () => {
  const repeated = all.filter(({ method, repeat }) => method === "POST" && repeat === "always");
  const takesKeys = routes.filter(({ headers }) => headers?.["Idempotency-Key"]).map(({ operation }) => operation);
  expect(repeated.map(({ name }) => name).sort()).toEqual(
    [
      ...takesKeys,
      "sendEvents",
      "cancelEvents",
      "cancelReplay",
      "createConfirmation",
      ...["cancelCampaign", "pauseCampaign", "resumeCampaign"],
      "createInboxToken",
      "dryRunWorkflow",
      "dryRunHistory",
      "checkConfiguration",
      "previewReplay",
      "previewTemplate",
      "probeIntegration",
      "putPreferencesBatch",
      "readPreferences",
      ...["addSuppressions", "importSuppressions"],
      "subscribe",
      "unsubscribe",
    ].sort(),
  );
});
