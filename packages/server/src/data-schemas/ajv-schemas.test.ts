import { describe, expect, test } from "vitest";
import { AjvSchemas } from "./ajv-schemas.ts";

const schemas = new AjvSchemas();
const order = {
  type: "object",
  required: ["order"],
  properties: {
    order: { type: "string", pattern: "^A-[0-9]+$" },
    state: { enum: ["new", "paid"] },
    mail: { type: "string", format: "email" },
    items: { type: "array", items: { $ref: "#/$defs/item" } },
  },
  additionalProperties: false,
  $defs: {
    item: { type: "object", required: ["sku"], properties: { sku: { type: "string" } }, additionalProperties: false },
  },
};

describe("data", () => {
  test("that fits has no fault", () => {
    expect(schemas.schemaFaults(order)).toEqual([]);
    expect(schemas.dataFaults(order, { order: "A-1", state: "paid", mail: "a@b.de", items: [{ sku: "x" }] })).toEqual(
      [],
    );
  });

  test.each([
    [{}, "order", "is missing"],
    [{ order: 5 }, "order", "must be string"],
    [{ order: "B-1" }, "order", 'must match pattern "^A-[0-9]+$"'],
    [{ order: "A-1", state: "lost" }, "state", "must be one of: new, paid"],
    [{ order: "A-1", mail: "nobody" }, "mail", 'must match format "email"'],
    [{ order: "A-1", "odd name": 1 }, '["odd name"]', "is not known here"],
    [{ order: "A-1", items: [{ sku: "a" }, {}] }, "items[1].sku", "is missing"],
  ])("%j is told by its path", (data, path, message) => {
    expect(schemas.dataFaults(order, data)).toEqual([{ path, message }]);
  });
});

describe("a schema", () => {
  const chain = Object.fromEntries(
    Array.from({ length: 30 }, (_, i) => [
      `d${i}`,
      { anyOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] },
    ]),
  );

  test.each<[string, Record<string, never> | object, string, RegExp]>([
    ["of an unknown keyword", { type: "object", propertees: {} }, "", /unknown keyword: "propertees"/],
    ["of an unknown format", { type: "string", format: "colour" }, "", /unknown format "colour"/],
    ["of an unknown type", { type: "text" }, "", /type must be/],
    ["that leads elsewhere", { $ref: "https://example.com/schema" }, "$ref", /must lead into/],
    ["that leads to nothing", { $ref: "#/$defs/a" }, "$ref", /there is no a/],
    [
      "that leads round in circles",
      { $ref: "#/$defs/a", $defs: { a: { properties: { b: { $ref: "#/$defs/a" } } } } },
      "$defs.a.properties.b.$ref",
      /round in circles/,
    ],
    [
      "that grows with its references",
      { $ref: "#/$defs/d0", $defs: { ...chain, d30: true } },
      "",
      /more than 2000 parts/,
    ],
    ["of a pattern with back-references", { pattern: "(a)\\1" }, "pattern", /no pattern that RE2 knows/],
    ["of a pattern for a name", { patternProperties: { "(?=a)": {} } }, 'patternProperties["(?=a)"]', /RE2/],
    ["that compares each with each", { uniqueItems: true }, "uniqueItems", /needs maxItems/],
    ["with a name for others", { $id: "https://example.com" }, "$id", /not supported/],
    ["of another draft", { $schema: "http://json-schema.org/draft-07/schema#" }, "$schema", /must be/],
  ])("%s is refused", (_what, schema, path, message) => {
    expect(schemas.schemaFaults(Object(schema))[0]).toEqual({ path, message: expect.stringMatching(message) });
  });

  test("names its properties as it likes", () => {
    const odd = { type: "object", properties: { $ref: { type: "string" }, pattern: { type: "string" }, $id: true } };
    expect(schemas.schemaFaults(odd)).toEqual([]);
    expect(schemas.dataFaults(odd, { $ref: "x", pattern: "((" })).toEqual([]);
  });

  test("whose pattern takes for ever elsewhere takes no time", () => {
    const slow = { type: "object", properties: { a: { type: "string", pattern: "^(a+)+$" } } };
    expect(schemas.schemaFaults(slow)).toEqual([]);
    const start = performance.now();
    expect(schemas.dataFaults(slow, { a: `${"a".repeat(5000)}!` })).toHaveLength(1);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
