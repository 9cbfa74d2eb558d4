import { expect, test } from "vitest";
import type { z } from "zod";
import { conditionSchema } from "./conditions.ts";
import { eventBodySchema } from "./events.ts";
import { faultsOf } from "./faults.ts";
import { templateBodySchema } from "./templates.ts";
import { workflowBodySchema } from "./workflows.ts";

function faults(schema: z.ZodType, value: unknown) {
  const parsed = schema.safeParse(value);
  return parsed.success ? [] : faultsOf(parsed.error);
}
const paths = (schema: z.ZodType, value: unknown) => faults(schema, value).map((fault) => fault.path);

test("a fault inside an inline recipient has the path of its field", () => {
  const recipients = [
    { id: "u1", email: "no address" },
    { id: "u2", email: ["a@b.org", "x"] },
    { id: "u3", mail: "a@b.org" },
  ];
  expect(paths(eventBodySchema, { name: "n", recipients })).toEqual([
    "recipients[0].email",
    "recipients[1].email[1]",
    "recipients[2].mail",
  ]);
});

test("a value of no fitting type says which would fit", () => {
  expect(faults(eventBodySchema, { name: "n", recipients: [5] })).toEqual([
    { path: "recipients[0]", message: "must be one of: string, object" },
  ]);
});

test("unknown fields are named one by one", () => {
  expect(paths(eventBodySchema, { name: "n", recipients: ["u"], nam: 1, "a b": 2 })).toEqual(["nam", '["a b"]']);
});

test("a fault deep in a condition is found through all alternatives", () => {
  expect(paths(conditionSchema, { all: [{ not: { field: "data.x", op: "like", value: 1 } }] })).toEqual([
    "all[0].not.op",
  ]);
  expect(paths(conditionSchema, { field: "nothing", op: "eq" })).toEqual(["field"]);
});

test("an unknown kind of step is told at its type", () => {
  expect(paths(workflowBodySchema, { category: "c", steps: [{ id: "s", type: "jump" }] })).toEqual(["steps[0].type"]);
});

test("CR, LF, NUL and lone surrogates are refused in names, ids, addresses and subjects", () => {
  for (const bad of ["a\r\nb", "a\nb", "a\u0000b", "a\ud800b", "a\u0085b"]) {
    const body = { name: bad, recipients: [bad, { id: "u", email: `${bad}@x.org`, webhook: `https://x.org/${bad}` }] };
    expect(paths(eventBodySchema, body)).toEqual(
      expect.arrayContaining(["name", "recipients[0]", "recipients[1].email", "recipients[1].webhook"]),
    );
    expect(paths(templateBodySchema, { email: { subject: bad, text: "t" } })).toEqual(["email.subject"]);
  }
});

test("a flood of faults is cut", () => {
  const recipients = Array.from({ length: 1000 }, () => 1);
  expect(faults(eventBodySchema, { name: "n", recipients })).toHaveLength(100);
});
