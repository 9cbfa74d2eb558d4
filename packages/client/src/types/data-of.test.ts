import type { Json } from "@tidings/contract/data";
import { describe, expect, expectTypeOf, test } from "vitest";
import type { DataOf } from "./data-of.ts";

/*
 * Types are checked by the compiler, in `npm run check`; what runs here shows that the schemas mean what the types say.
 */

const order = {
  type: "object",
  required: ["id", "items", "status"],
  properties: {
    id: { type: "string" },
    total: { type: "number" },
    count: { type: "integer" },
    paid: { type: "boolean" },
    note: { type: ["string", "null"] },
    old: { type: "string", nullable: true },
    status: { enum: ["new", "shipped", 3, null] },
    kind: { const: "order" },
    items: {
      type: "array",
      items: {
        type: "object",
        properties: { sku: { type: "string" } },
        required: ["sku"],
        additionalProperties: false,
      },
    },
    tags: { type: "array" },
    extra: { type: "object" },
    counts: { type: "object", additionalProperties: { type: "integer" } },
    either: { anyOf: [{ type: "string" }, { type: "object", properties: { a: { type: "null" } }, required: ["a"] }] },
    all: {
      allOf: [
        { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
        { type: "object", properties: { b: { type: "number" } } },
      ],
    },
    anything: {},
    elsewhere: { $ref: "#/$defs/x" },
  },
} as const;

type Order = DataOf<typeof order>;

describe("the type of a schema", () => {
  test("is what its literal says, field by field", () => {
    expectTypeOf<Order["id"]>().toEqualTypeOf<string>();
    expectTypeOf<Order["total"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Order["count"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Order["paid"]>().toEqualTypeOf<boolean | undefined>();
    expectTypeOf<Order["note"]>().toEqualTypeOf<string | null | undefined>();
    expectTypeOf<Order["old"]>().toEqualTypeOf<string | null | undefined>();
    expectTypeOf<Order["status"]>().toEqualTypeOf<"new" | "shipped" | 3 | null>();
    expectTypeOf<Order["kind"]>().toEqualTypeOf<"order" | undefined>();
    expectTypeOf<Order["items"]>().toEqualTypeOf<{ sku: string }[]>();
    expectTypeOf<Order["tags"]>().toEqualTypeOf<Json[] | undefined>();
    expectTypeOf<Order["extra"]>().toEqualTypeOf<{ [name: string]: Json } | undefined>();
    expectTypeOf<Order["counts"]>().toEqualTypeOf<{ [name: string]: number } | undefined>();
    expectTypeOf<Order["either"]>().toEqualTypeOf<string | { a: null } | undefined>();
    expectTypeOf<NonNullable<Order["all"]>>().toExtend<{ a: string; b?: number | undefined }>();
    expectTypeOf<Order["anything"]>().toEqualTypeOf<Json | undefined>();
    expectTypeOf<Order["elsewhere"]>().toEqualTypeOf<Json | undefined>();
    expect(order.required).toHaveLength(3);
  });

  test("takes what fits, and the compiler refuses what does not", () => {
    const fits: Order = { id: "4711", items: [{ sku: "a" }], status: "new", either: { a: null } };
    // @ts-expect-error `status` is needed
    const missing: Order = { id: "4711", items: [] };
    // @ts-expect-error a text is no number
    const wrong: Order = { ...fits, total: "7" };
    // @ts-expect-error not one of the words
    const word: Order = { ...fits, status: "lost" };
    // @ts-expect-error an unknown field
    const unknown: Order = { ...fits, colour: "red" };
    // @ts-expect-error a field of an item is missing
    const item: Order = { ...fits, items: [{}] };
    expect([fits, missing, wrong, word, unknown, item]).toHaveLength(6);
  });

  test("leaves room where the schema does", () => {
    const open = { type: "object", properties: { a: { type: "string" } }, additionalProperties: true } as const;
    const value: DataOf<typeof open> = { a: "x", b: [1] };
    expectTypeOf<DataOf<typeof open>["a"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf<DataOf<{ type: "string" | "number" }>>().toEqualTypeOf<string | number>();
    expectTypeOf<DataOf<Record<string, unknown>>>().toEqualTypeOf<Json>();
    expect(value.a).toBe("x");
  });
});
