import { describe, expect, expectTypeOf, test } from "vitest";
import { type DataOf, workflow, workflowsOf } from "./workflow.ts";

const shipped = workflow({
  event: "order.shipped",
  category: "orders",
  data: {
    type: "object",
    properties: { order: { type: "string" }, customer: { type: "object", properties: { plan: { type: "string" } } } },
    required: ["order"],
  },
  dedupe: { key: "data.order", windowSeconds: 60 },
  steps: [
    { id: "mail", type: "channel", channel: "email", template: "shipped" },
    { id: "wait", type: "delay", seconds: 60 },
    {
      id: "if",
      type: "condition",
      if: {
        all: [
          { field: "steps.mail.state", op: "exists" },
          { field: "data.customer.plan", op: "eq", value: "pro" },
        ],
      },
      // biome-ignore lint/suspicious/noThenProperty: the field's standard word in workflow definitions
      then: [{ id: "sms", type: "channel", channel: "sms", template: "shipped" }],
    },
  ],
});

/* Types are checked by the compiler, in `npm run check`. */
describe("a workflow in TypeScript", () => {
  test("is what was written, and its data's type is that of its schema", () => {
    expectTypeOf<DataOf<typeof shipped.data>["order"]>().toEqualTypeOf<string>();
    expectTypeOf(shipped.event).toEqualTypeOf<"order.shipped">();
    expect(shipped.steps.map(({ id }) => id)).toEqual(["mail", "wait", "if"]);
  });

  test("may have no schema, and refer to any field then", () => {
    const open = workflow({
      category: "news",
      dedupe: { key: "data.anything.at.all", windowSeconds: 5 },
      steps: [{ id: "mail", type: "channel", channel: "email", template: "t" }],
    });
    expect(open.category).toBe("news");
  });

  test("may gather by, and count by, paths of its data", () => {
    const gathered = workflow({
      category: "news",
      data: { type: "object", properties: { project: { type: "string" } } },
      steps: [
        { id: "few", type: "throttle", key: "data.project", limit: 3, windowSeconds: 60 },
        { id: "sum", type: "digest", key: "data.project", window: { kind: "calendar", every: "day", time: "08:00" } },
        { id: "monday", type: "delay", until: { time: "09:00", weekday: "monday" } },
        { id: "mail", type: "channel", channel: "email", template: "t" },
      ],
    });
    expect(gathered.steps).toHaveLength(4);
    const data = { type: "object", properties: { project: { type: "string" } } } as const;
    const window = { kind: "fixed", seconds: 60 } as const;
    // @ts-expect-error the data has no such field
    workflow({ category: "c", data, steps: [{ id: "sum", type: "digest", key: "data.projct", window }] });
    const wait = { id: "done", type: "wait_for", event: "project.closed", timeoutSeconds: 60 } as const;
    const waits = workflow({ category: "c", data, steps: [{ ...wait, match: { "data.project": "data.id" } }] });
    expect(waits.steps).toHaveLength(1);
    // @ts-expect-error the data has no such field
    workflow({ category: "c", data, steps: [{ ...wait, match: { "data.projct": "data.id" } }] });
  });

  test("is refused by the compiler where it cannot be right", () => {
    const steps = [{ id: "a", type: "channel", channel: "email", template: "t" }] as const;
    // @ts-expect-error no such channel
    workflow({ category: "c", steps: [{ id: "a", type: "channel", channel: "emial", template: "t" }] });
    // @ts-expect-error no such kind of step
    workflow({ category: "c", steps: [{ id: "a", type: "chanel", channel: "email", template: "t" }] });
    // @ts-expect-error a category is needed
    workflow({ steps });
    const data = { type: "object", properties: { order: { type: "string" } } } as const;
    // @ts-expect-error the data has no such field
    workflow({ category: "c", data, dedupe: { key: "data.ordre", windowSeconds: 5 }, steps });
    const define = workflowsOf<{ category: "orders"; template: "t" }>();
    // @ts-expect-error no such category
    define({ category: "order", steps });
    expect(define({ category: "orders", steps }).steps).toBe(steps);
  });
});
