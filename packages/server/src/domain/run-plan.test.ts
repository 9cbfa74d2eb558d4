import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile } from "./program.ts";
import { planRun } from "./run-plan.ts";
import type { MessageFacts } from "./steps/message-facts.ts";
import type { StepDefinition, StepFacts } from "./steps/step-kind.ts";
import { stepKinds } from "./steps/step-kinds.ts";

const facts = (over: Partial<StepFacts> = {}): StepFacts => ({
  data: {},
  recipient: { id: "u1", attributes: {} },
  messages: new Map<string, MessageFacts>(),
  journal: {},
  baseTime: 1000,
  ...over,
});
const send = (id: string) => ({ id, type: "channel", channel: "email", template: "t" });
const delay = (id: string, seconds: number) => ({ id, type: "delay", seconds });
const branch = (id: string, field: string, then: StepDefinition[], otherwise?: StepDefinition[]) => ({
  id,
  type: "condition",
  if: { field, op: "eq", value: true },
  then,
  else: otherwise,
});
const message = (over: Partial<MessageFacts> = {}): MessageFacts => ({
  state: "sent",
  delivered: false,
  seen: false,
  read: false,
  clicked: false,
  ...over,
});
const sent = (steps: readonly StepDefinition[], over: Partial<StepFacts> = {}) =>
  planRun(compile(steps), 0, facts(over), stepKinds).sends.map(({ step }) => step);

describe("a run", () => {
  test("takes its steps in order to its end", () => {
    const plan = planRun(compile([send("a"), send("b")]), 0, facts(), stepKinds);
    expect(plan).toEqual({
      sends: ["a", "b"].map((step) => ({ step, channel: "email", template: "t" })),
      events: [],
      branches: [],
      throttles: [],
      end: { kind: "done" },
    });
  });

  test.each([
    [true, true, ["start", "a", "b", "d", "end"]],
    [true, false, ["start", "a", "c", "d", "end"]],
    [false, true, ["start", "e", "end"]],
    [false, false, ["start", "e", "end"]],
  ])("takes the branches of nested conditions that hold (%s, %s)", (x, y, expected) => {
    const inner = branch("inner", "data.y", [send("b")], [send("c")]);
    const steps = [send("start"), branch("outer", "data.x", [send("a"), inner, send("d")], [send("e")]), send("end")];
    expect(sent(steps, { data: { x, y } })).toEqual(expected);
  });

  test.each([
    [[], undefined],
    [[], []],
    [undefined, [send("e")]],
  ])("goes on behind a branch that has no steps (%j, %j)", (then, otherwise) => {
    const step = { ...branch("c", "data.x", [], otherwise), then };
    expect(sent([step, send("end")], { data: { x: true } })).toEqual(["end"]);
    expect(sent([step, send("end")], { data: { x: false } })).toEqual([
      ...(otherwise ?? []).map(({ id }) => id),
      "end",
    ]);
  });

  test("records which branches it took", () => {
    const steps = [branch("p", "data.x", []), branch("q", "data.y", [])];
    expect(planRun(compile(steps), 0, facts({ data: { x: true } }), stepKinds).branches).toEqual([
      { step: "p", holds: true },
      { step: "q", holds: false },
    ]);
  });

  test("reads behind a step what it came to there, and keeps it for what comes later", () => {
    const few = {
      ...branch("few", "steps.lately.sent", [send("a")]),
      if: { field: "steps.lately.sent", op: "lt", value: 1 },
    };
    const steps = [send("x"), { id: "lately", type: "recent" }, few, delay("d", 5)];
    const recent = { messages: [], isWhole: true };
    const plan = planRun(compile(steps), 0, facts({ recent, journal: { f: 1 } }), stepKinds);
    expect(plan.sends.map(({ step }) => step)).toEqual(["x", "a"]);
    expect(plan.journal).toMatchObject({ f: 1, lately: { sent: 0 } });
    const unlooked = planRun(compile(steps), 0, facts(), stepKinds);
    expect(unlooked).toMatchObject({ sends: [{ step: "x" }], end: { kind: "wait", at: 1, dueAt: 1000 } });
  });

  test("waits from its base time, wherever it stands, and goes on behind the wait", () => {
    const program = compile([branch("c", "data.x", [send("a"), delay("d", 60), send("b")], [send("e")]), send("end")]);
    const first = planRun(program, 0, facts({ data: { x: true }, baseTime: 5000 }), stepKinds);
    expect(first.sends.map(({ step }) => step)).toEqual(["a"]);
    expect(first.end).toMatchObject({ kind: "wait", dueAt: 65_000 });
    if (first.end.kind !== "wait") throw new RangeError("it waits");
    const second = planRun(program, first.end.at, facts({ data: { x: false }, baseTime: 65_000 }), stepKinds);
    expect(second.sends.map(({ step }) => step)).toEqual(["b", "end"]);
    expect(second.end).toEqual({ kind: "done" });
  });

  test("reads the states of its own messages", () => {
    const steps = [
      { ...branch("c", "", [send("sms")]), if: { field: "steps.mail.state", op: "in", value: ["failed", "bounced"] } },
    ];
    expect(sent(steps, { messages: new Map([["mail", message({ state: "bounced" })]]) })).toEqual(["sms"]);
    expect(sent(steps, { messages: new Map([["mail", message()]]) })).toEqual([]);
  });

  test("reads whether its messages were delivered, seen, read or clicked; of none of a step nothing is true", () => {
    for (const what of ["delivered", "seen", "read", "clicked"] as const) {
      const step = { ...branch("c", "", [send("sms")]), if: { field: `steps.app.${what}`, op: "ne", value: true } };
      expect(sent([step], { messages: new Map([["app", message({ [what]: true })]]) })).toEqual([]);
      expect(sent([step], { messages: new Map([["app", message()]]) })).toEqual(["sms"]);
      expect(sent([step])).toEqual(["sms"]);
    }
  });

  test("waits until a time of the day where its recipient is", () => {
    const step: StepDefinition & { until: object } = {
      id: "d",
      type: "delay",
      until: { time: "09:00", weekday: "monday" },
    };
    const recipient = { id: "u1", timeZone: "Asia/Tokyo", attributes: {} };
    const baseTime = Date.parse("2026-11-28T12:00:00Z");
    expect(planRun(compile([step, send("a")]), 0, facts({ baseTime, recipient }), stepKinds).end).toEqual({
      kind: "wait",
      at: 1,
      dueAt: Date.parse("2026-11-30T00:00:00Z"),
    });
  });

  test("ends at a digest, and goes on behind it once what was gathered is in the journal", () => {
    const digest: StepDefinition & { window: object } = {
      id: "d",
      type: "digest",
      window: { kind: "fixed", seconds: 60 },
    };
    const program = compile([send("a"), digest, send("b")]);
    const first = planRun(program, 0, facts(), stepKinds);
    expect(first.sends.map(({ step }) => step)).toEqual(["a"]);
    expect(first.end).toMatchObject({ kind: "gather", at: 1, digest: { id: "d", window: { seconds: 60 } } });
    const second = planRun(program, 1, facts({ journal: { d: { count: 2 } } }), stepKinds);
    expect(second.sends.map(({ step }) => step)).toEqual(["b"]);
  });

  test("claims its way past a throttle with all that is behind it, and not with what stands before", () => {
    const throttle: StepDefinition & { limit: number; windowSeconds: number } = {
      id: "t",
      type: "throttle",
      limit: 1,
      windowSeconds: 60,
    };
    const program = compile([send("a"), throttle, send("b")]);
    const first = planRun(program, 0, facts(), stepKinds);
    expect(first).toMatchObject({ sends: [{ step: "a" }], throttles: [], end: { kind: "wait", at: 1, dueAt: 1000 } });
    const second = planRun(program, 1, facts(), stepKinds);
    expect(second).toMatchObject({ sends: [{ step: "b" }], throttles: [{ id: "t", limit: 1 }], end: { kind: "done" } });
  });

  test("stops before an effect, and goes on once its result is in the journal", () => {
    const request = { method: "GET", url: "https://shop.example/{{data.id}}" };
    const fetch: StepDefinition & { request: object } = { id: "f", type: "fetch", request };
    const program = compile([send("a"), fetch, send("b")]);
    const first = planRun(program, 0, facts(), stepKinds);
    expect(first.sends).toHaveLength(1);
    expect(first.end).toMatchObject({ kind: "effect", at: 1, fetch: { id: "f", request } });
    expect(planRun(program, 1, facts({ journal: { f: 42 } }), stepKinds).sends.map(({ step }) => step)).toEqual(["b"]);
  });

  test("of a step whose type nobody knows, or that is malformed, fails instead of passing it by", () => {
    expect(() => sent([{ id: "x", type: "teleport" }])).toThrow(/teleport/);
    expect(() => sent([{ id: "x", type: "delay" }])).toThrow();
    const malformed = { ...branch("x", "data.x", []), if: { field: "x" } };
    expect(() => sent([malformed])).toThrow();
  });

  test("does what a direct reading of its tree does, for any tree and any data", () => {
    const { steps } = fc.letrec<{ steps: StepDefinition[]; step: StepDefinition }>((tie) => ({
      steps: fc.array(tie("step"), { maxLength: 4 }),
      step: fc.oneof(
        { maxDepth: 4, depthIdentifier: "step" },
        fc.nat(1e6).map((n) => send(`s${n}`)),
        fc
          .tuple(
            fc.constantFrom("data.x", "data.y", "data.z"),
            tie("steps"),
            fc.option(tie("steps"), { nil: undefined }),
          )
          .map(([field, then, otherwise]) => branch("c", field, then, otherwise)),
      ),
    }));
    const read = (tree: readonly StepDefinition[], data: Record<string, unknown>): string[] =>
      tree.flatMap((step) => {
        if (step.type === "channel") return [step.id];
        const { if: test } = step as unknown as { if: { field: string } };
        return read((data[test.field.slice(5)] === true ? step.then : step.else) ?? [], data);
      });
    fc.assert(
      fc.property(steps, fc.record({ x: fc.boolean(), y: fc.boolean(), z: fc.boolean() }), (tree, data) => {
        expect(sent(tree, { data })).toEqual(read(tree, data));
      }),
      { numRuns: 300 },
    );
  });

  test("stopped at any wait and taken up again sends the same as one that never waited", () => {
    const steps = [
      send("a"),
      delay("d1", 1),
      branch("c", "data.x", [delay("d2", 2), send("b")], [send("e"), delay("d3", 3)]),
      send("f"),
    ];
    for (const x of [true, false]) {
      const program = compile(steps);
      const all: string[] = [];
      let at: number | undefined = 0;
      let baseTime = 0;
      while (at !== undefined) {
        const plan = planRun(program, at, facts({ data: { x }, baseTime }), stepKinds);
        all.push(...plan.sends.map(({ step }) => step));
        if (plan.end.kind === "wait") baseTime = plan.end.dueAt;
        at = plan.end.kind === "wait" ? plan.end.at : undefined;
      }
      expect(all).toEqual(x ? ["a", "b", "f"] : ["a", "e", "f"]);
      expect(baseTime).toBe(x ? 3000 : 4000);
    }
  });
});
