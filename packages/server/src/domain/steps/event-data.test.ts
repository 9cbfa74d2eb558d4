import { expect, test } from "vitest";
import { eventData } from "./event-data.ts";

const facts = {
  data: { order: { id: "o1", lines: [1, 2] }, total: 30, $: "kept" },
  recipient: { id: "u1", locale: "de", attributes: { plan: "pro" } },
  messages: new Map([["mail", { state: "sent" as const, delivered: false, seen: false, read: false, clicked: false }]]),
  journal: { asked: { score: 7, none: null } },
};
const dataOf = (template?: Parameters<typeof eventData>[0], bytesMax = 1000) => eventData(template, facts, bytesMax);

test("without a template it is the data of the run's event", () => {
  expect(dataOf()).toEqual(facts.data);
});

test("a template is laid over it, name by name, with what references lead to", () => {
  const template = {
    order: { key: { $: "data.order.id" }, lines: [{ $: "data.order.lines" }, { first: { $: "data.order.lines.0" } }] },
    who: { $: "recipient.id" },
    plan: { $: "recipient.attributes.plan" },
    state: { $: "steps.mail.state" },
    score: { $: "steps.asked.score" },
    none: { $: "steps.asked.none" },
    text: "data.total",
  };
  expect(dataOf(template)).toEqual({
    $: "kept",
    total: 30,
    order: { key: "o1", lines: [[1, 2], { first: 1 }] },
    who: "u1",
    plan: "pro",
    state: "sent",
    score: 7,
    none: null,
    text: "data.total",
  });
});

test("where nothing stands, a name is left out and an item of a list is null; nothing inherited is read", () => {
  const template = {
    a: { b: { $: "data.missing" } },
    list: [{ $: "steps.nobody.state" }, 1],
    c: { $: "data.constructor" },
  };
  expect(dataOf(template)).toEqual({ ...facts.data, a: { b: undefined }, list: [null, 1] });
  expect(Object.hasOwn(dataOf(template) ?? {}, "c")).toBe(false);
});

test("a name that objects inherit is a name like any other", () => {
  const data = dataOf(JSON.parse('{"__proto__": {"polluted": true}}'));
  expect(Object.hasOwn(data ?? {}, "__proto__")).toBe(true);
  expect(Reflect.get({}, "polluted")).toBeUndefined();
});

test("what would be larger than it may be is not made, however often a reference repeats it", () => {
  const bytes = Buffer.byteLength(JSON.stringify({ ...facts.data, many: [] }));
  expect(dataOf({ many: [] }, bytes - 20)).toBeUndefined();
  expect(dataOf({ many: [] }, bytes + 40)).toBeDefined();
  const wide = { ...facts, data: { text: "x".repeat(100_000) } };
  const many = Array.from({ length: 1000 }, () => ({ $: "data.text" }));
  expect(eventData({ many, deep: { many } }, wide, 262_144)).toBeUndefined();
  expect(eventData({ euro: "€".repeat(400) }, facts, 1000)).toBeUndefined();
});
