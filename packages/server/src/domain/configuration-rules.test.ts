import type { TemplateBody } from "@tidings/contract/templates";
import { type WorkflowBody, workflowBodySchema } from "@tidings/contract/workflows";
import { expect, test } from "vitest";
import { z } from "zod";
import { integrationFaults, templateUseFaults, workflowFaults, workflowReferences } from "./configuration-rules.ts";
import { TemplateFault } from "./template-fault.ts";

const workflow: WorkflowBody = workflowBodySchema.parse({
  category: "orders",
  steps: [
    { id: "mail", type: "channel", channel: "email", template: "shipped" },
    {
      id: "if",
      type: "condition",
      if: { field: "data.x", op: "exists" },
      // biome-ignore lint/suspicious/noThenProperty: the field's standard word in workflow definitions
      then: [{ id: "mail", type: "channel", channel: "sms", template: "shipped" }],
      else: [{ id: "hook", type: "channel", channel: "webhook", template: "hook" }],
    },
  ],
});
const shipped: TemplateBody = { email: { subject: "s", text: "t" } };
const compiles = () => undefined;
const paths = (faults: { path: string }[]) => faults.map((fault) => fault.path);

test("a workflow's references are found in all its branches", () => {
  expect(workflowReferences(workflow)).toEqual({ category: "orders", templates: ["shipped", "hook"] });
});

test("a workflow may refer only to what is there, and its step ids are unique through all branches", () => {
  expect(paths(workflowFaults(workflow, false, new Map([["shipped", shipped]]), compiles))).toEqual([
    "category",
    "steps[1].then[0].id",
    "steps[1].then[0].template",
    "steps[1].else[0].template",
  ]);
});

test("the bound on steps counts all branches", () => {
  const delays = (prefix: string) =>
    Array.from({ length: 60 }, (_, i) => ({ id: `${prefix}${i}`, type: "delay" as const, seconds: 1 }));
  const steps: WorkflowBody["steps"] = [
    // biome-ignore lint/suspicious/noThenProperty: the field's standard word in workflow definitions
    { id: "c", type: "condition", if: { field: "data.x", op: "exists" }, then: delays("a"), else: delays("b") },
  ];
  expect(paths(workflowFaults({ category: "c", steps }, true, new Map(), compiles))).toEqual(["steps"]);
});

test("a workflow has one digest, in whichever branch", () => {
  const digest = (id: string) => ({ id, type: "digest" as const, window: { kind: "fixed" as const, seconds: 60 } });
  const steps: WorkflowBody["steps"] = [
    digest("a"),
    // biome-ignore lint/suspicious/noThenProperty: the field's standard word in workflow definitions
    { id: "c", type: "condition", if: { field: "data.x", op: "exists" }, then: [digest("b")] },
  ];
  expect(workflowFaults({ category: "c", steps }, true, new Map(), compiles)).toEqual([
    { path: "steps[1].then[0]", message: "a workflow has one digest; steps[0] is one too" },
  ]);
});

test("a request of a fetch step that does not compile is told by its step, field and line", () => {
  const steps: WorkflowBody["steps"] = [
    { id: "f", type: "fetch", request: { method: "GET", url: "https://shop.example/{{#if}}" } },
  ];
  const broken = () => {
    throw new TemplateFault("url", 1, "unclosed block");
  };
  expect(workflowFaults({ category: "c", steps }, true, new Map(), broken)).toEqual([
    { path: "steps[0].request.url", message: "line 1: unclosed block", line: 1 },
  ]);
});

test("a step that leaves the channel to its recipient needs content for each of them", () => {
  const steps: WorkflowBody["steps"] = [{ id: "t", type: "first_of", channels: ["sms", "email"], template: "shipped" }];
  const templates = new Map([["shipped", shipped]]);
  const document: WorkflowBody = { category: "c", steps };
  expect(workflowFaults(document, true, templates, compiles)).toEqual([
    { path: "steps[0].template", message: "has no content for sms" },
  ]);
  expect(paths(templateUseFaults("shipped", shipped, [{ key: "w", document }]))).toEqual(["sms"]);
});

test("a channel that a workflow uses stays in its template", () => {
  expect(paths(templateUseFaults("shipped", shipped, [{ key: "w", document: workflow }]))).toEqual(["sms"]);
});

test("settings and secrets are checked by the provider's schema, each in its own place", () => {
  const provider = {
    channels: ["email" as const],
    schema: z.strictObject({ host: z.string(), port: z.int().optional(), password: z.string().min(8) }),
    secretNames: ["password"],
  };
  const body = { channel: "email" as const, provider: "smtp" };
  expect(integrationFaults({ ...body, settings: { host: "h" } }, { password: "12345678" }, provider)).toEqual([]);
  expect(paths(integrationFaults({ ...body, settings: { port: 1.5 } }, { password: "1" }, provider)).sort()).toEqual([
    "secrets.password",
    "settings.host",
    "settings.port",
  ]);
  expect(paths(integrationFaults({ ...body, settings: { password: "12345678" } }, { key: "x" }, provider))).toEqual([
    "settings.password",
    "secrets.key",
  ]);
  expect(paths(integrationFaults({ ...body, channel: "sms" }, {}, provider))).toContain("channel");
  expect(paths(integrationFaults(body, {}, undefined))).toEqual(["provider"]);
});
