import { expect, test } from "vitest";
import { describedSchema } from "./described-schema.ts";
import { fieldTexts } from "./field-texts.ts";
import { openApiDocument } from "./openapi.ts";
import { routeTexts } from "./route-texts.ts";
import { routes } from "./routes.ts";

const text = JSON.stringify(openApiDocument("1.2.3"));

test("every text of a field stands in the document: none is of a field that has gone", () => {
  const unused = Object.entries(fieldTexts).filter(([, said]) => !text.includes(JSON.stringify(said)));
  expect(unused.map(([name]) => name)).toEqual([]);
});

test("every text of a route is of one that there is", () => {
  const operations = routes.map(({ operation }) => operation);
  expect(Object.keys(routeTexts).filter((operation) => !operations.includes(operation))).toEqual([]);
});

test("a field takes the text of its place, else of the schema that its own is like, else of its name", () => {
  const described = describedSchema("BatchEvent", {
    properties: { idempotencyKey: {}, name: {}, createdAt: {}, unheard: {}, tenant: { description: "its own" } },
  });
  const descriptions = described.properties;
  expect(descriptions).toEqual({
    idempotencyKey: { description: fieldTexts["BatchEvent.idempotencyKey"] },
    name: { description: fieldTexts["EventBody.name"] },
    createdAt: { description: fieldTexts["*.createdAt"] },
    unheard: {},
    tenant: { description: "its own" },
  });
});
