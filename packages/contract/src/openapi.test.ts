import { expect, test } from "vitest";
import { z } from "zod";
import { openApiDocument } from "./openapi.ts";
import { routes } from "./routes.ts";

const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ operationId: z.string() }))),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});
const text = JSON.stringify(openApiDocument("1.2.3"));
const document = documentSchema.parse(JSON.parse(text));

test("every route is in the document once", () => {
  const operations = Object.values(document.paths).flatMap((item) =>
    Object.values(item).map((entry) => entry.operationId),
  );
  expect(operations.sort()).toEqual(routes.map((route) => route.operation).sort());
});

test("every reference leads to a component", () => {
  const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target ?? "");
  expect(references.length).toBeGreaterThan(50);
  const whole: unknown = JSON.parse(text);
  for (const target of references) {
    let at: unknown = whole;
    for (const part of target.split("/").slice(1)) at = z.record(z.string(), z.unknown()).parse(at)[part];
    expect(at, target).toBeDefined();
  }
});

test("the same sources give the same text", () => {
  expect(JSON.stringify(openApiDocument("1.2.3"))).toBe(text);
});
