import { templateBodySchema } from "@tidings/contract/templates";
import { expect, test } from "vitest";
import type { MessageOrigin } from "../../domain/message.ts";
import { TemplateFailures } from "./template-failures.ts";

const document = templateBodySchema.parse({ sms: { text: "x" } });

function bench(max = 10) {
  const current = { version: 1, partsRevision: 0 };
  const failures = new TemplateFailures(
    {
      currentTemplate: (environmentId, key) => ({ environmentId, key, version: current.version, document }),
      partsRevision: () => current.partsRevision,
    },
    max,
  );
  const fail = (template: string, templateVersion = current.version): boolean => {
    const origin: MessageOrigin = {
      environmentId: 1,
      workflow: "w",
      workflowVersion: 1,
      step: "s",
      template,
      templateVersion,
      channel: "sms",
      lane: "critical",
      category: "c",
      tenant: "",
    };
    return failures.record(origin);
  };
  return { current, failures, fail };
}

test("a version of a template signals once, and a new one signals again", () => {
  const { current, failures, fail } = bench();
  expect([fail("a"), fail("a"), fail("b"), fail("a")]).toEqual([true, false, true, false]);
  expect(failures.count).toBe(2);
  current.version = 2;
  expect(failures.count).toBe(0);
  expect([fail("a", 1), fail("a"), fail("a")]).toEqual([false, true, false]);
  expect(failures.count).toBe(1);
});

test("a layout or partial that changed begins anew", () => {
  const { current, failures, fail } = bench();
  fail("a");
  current.partsRevision = 1;
  expect(failures.count).toBe(0);
  expect([fail("a"), fail("a")]).toEqual([true, false]);
});

test("no more than its bound are remembered", () => {
  const { failures, fail } = bench(2);
  for (const template of ["a", "b", "c"]) fail(template);
  expect(failures.count).toBe(2);
  expect(fail("a")).toBe(true);
});
