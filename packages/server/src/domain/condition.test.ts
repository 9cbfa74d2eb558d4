import type { Condition, ConditionOperator } from "@tidings/contract/conditions";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { holds, valueAt } from "./condition.ts";
import type { StepFacts } from "./steps/step-kind.ts";

const facts: StepFacts = {
  data: {
    total: 10,
    name: "Ada",
    tags: ["a", "b"],
    nested: { deep: { x: null } },
    list: [{ n: 1 }],
    empty: "",
    zero: 0,
    no: false,
  },
  recipient: { id: "u1", locale: "de", attributes: { plan: "pro", seats: 3 } },
  messages: new Map([["mail", { state: "failed", delivered: false, seen: true, read: false, clicked: false }]]),
  journal: { fetch: { status: 200, body: { ok: true } } },
  baseTime: 0,
};
const check = (field: string, op: ConditionOperator, value?: never) =>
  holds({ field, op, ...(value === undefined ? {} : { value }) }, facts);

describe("a condition", () => {
  test.each<[string, ConditionOperator, unknown, boolean]>([
    ["data.total", "eq", 10, true],
    ["data.total", "eq", "10", false],
    ["data.total", "ne", 11, true],
    ["data.total", "ne", 10, false],
    ["data.total", "gt", 9, true],
    ["data.total", "gt", 10, false],
    ["data.total", "gte", 10, true],
    ["data.total", "lt", 10, false],
    ["data.total", "lte", 10, true],
    ["data.total", "gt", "9", false],
    ["data.total", "lt", "9", false],
    ["data.name", "gt", "AAA", true],
    ["data.name", "lt", "B", true],
    ["data.name", "gte", "Ada", true],
    ["data.name", "contains", "da", true],
    ["data.name", "contains", "DA", false],
    ["data.name", "contains", 1, false],
    ["data.tags", "contains", "a", true],
    ["data.tags", "contains", "c", false],
    ["data.total", "contains", 1, false],
    ["data.total", "in", [1, 10], true],
    ["data.total", "in", ["10"], false],
    ["data.total", "in", 10, false],
    ["data.total", "in", [], false],
    ["data.nested", "eq", { deep: { x: null } }, true],
    ["data.nested.deep.x", "eq", null, true],
    ["data.tags", "eq", ["a", "b"], true],
    ["data.tags", "eq", ["b", "a"], false],
    ["data.list.0.n", "eq", 1, true],
    ["data.total", "exists", true, true],
    ["data.total", "exists", undefined, true],
    ["data.total", "exists", false, false],
    ["data.nested.deep.x", "exists", undefined, true],
    ["data.empty", "exists", true, true],
    ["data.zero", "exists", true, true],
    ["data.no", "eq", false, true],
    ["recipient.id", "eq", "u1", true],
    ["recipient.locale", "eq", "de", true],
    ["recipient.attributes.plan", "in", ["pro", "team"], true],
    ["recipient.timeZone", "exists", false, true],
    ["steps.mail.state", "eq", "failed", true],
    ["steps.mail.seen", "eq", true, true],
    ["steps.mail.read", "eq", false, true],
    ["steps.constructor.name", "exists", false, true],
    ["steps.sms.state", "exists", undefined, false],
    ["steps.fetch.status", "eq", 200, true],
    ["steps.fetch.body.ok", "eq", true, true],
    ["steps.fetch.nothing", "exists", false, true],
  ])("%s %s %j is %s", (field, op, value, expected) => {
    expect(check(field, op, value as never)).toBe(expected);
  });

  test.each<ConditionOperator>(["eq", "gt", "gte", "lt", "lte", "in", "contains", "exists"])(
    "on a field that is not there, %s does not hold",
    (op) => {
      for (const value of [undefined, null, "", 0, [null], "undefined"])
        expect(check("data.missing", op, value as never)).toBe(false);
      expect(check("data.name.first.letter", op, "A" as never)).toBe(false);
    },
  );

  test("on a field that is not there, ne holds: it equals nothing", () => {
    expect(check("data.missing", "ne", "x" as never)).toBe(true);
    expect(check("data.missing", "ne", null as never)).toBe(true);
  });

  test.each([
    "data.__proto__",
    "data.constructor",
    "data.toString",
    "data.tags.length.constructor",
    "data.name.length",
    "recipient.__proto__.constructor",
    "steps.fetch.__proto__",
  ])("%s reads nothing that is inherited", (field) => {
    expect(check(field, "exists")).toBe(false);
  });

  test("all, any and not are and, or and not, however they are nested", () => {
    const leaf = fc.boolean().map((value) => ({
      condition: { field: "data.total", op: value ? ("eq" as const) : ("ne" as const), value: 10 } as Condition,
      value,
    }));
    const { tree } = fc.letrec<{ tree: { condition: Condition; value: boolean } }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie("tree"), { minLength: 1, maxLength: 4 }).map((parts) => ({
          condition: { all: parts.map((part) => part.condition) },
          value: parts.every((part) => part.value),
        })),
        fc.array(tie("tree"), { minLength: 1, maxLength: 4 }).map((parts) => ({
          condition: { any: parts.map((part) => part.condition) },
          value: parts.some((part) => part.value),
        })),
        tie("tree").map((part) => ({ condition: { not: part.condition }, value: !part.value })),
      ),
    }));
    const read = fc.property(tree, ({ condition, value }) => {
      expect(holds(condition, facts)).toBe(value);
    });
    fc.assert(read, { numRuns: 200 });
  });

  test("comparisons of numbers and of strings are those of the language, and of anything else never hold", () => {
    const value = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null));
    fc.assert(
      fc.property(value, value, (a, b) => {
        const made = (op: ConditionOperator) => holds({ field: "data.x", op, value: b }, { ...facts, data: { x: a } });
        const comparable =
          (typeof a === "number" && typeof b === "number") || (typeof a === "string" && typeof b === "string");
        const [x, y] = [a as number, b as number];
        expect([made("gt"), made("gte"), made("lt"), made("lte")]).toEqual(
          comparable ? [x > y, x >= y, x < y, x <= y] : [false, false, false, false],
        );
        expect(made("eq")).toBe(!made("ne"));
      }),
      { numRuns: 200 },
    );
  });
});

test("a path leads through own members only", () => {
  expect(valueAt({ a: [{ b: 1 }] }, ["a", "0", "b"])).toBe(1);
  expect(valueAt({ a: 1 }, [])).toEqual({ a: 1 });
  expect(valueAt(Object.create({ a: 1 }), ["a"])).toBeUndefined();
  expect(valueAt(undefined, ["a"])).toBeUndefined();
});
