import { describe, expect, test } from "vitest";
import { faultsOf } from "./faults.ts";
import { stepSchema } from "./workflows.ts";

const pathsOf = (step: object): string[] => {
  const parsed = stepSchema.safeParse({ id: "s", ...step });
  return parsed.success ? [] : faultsOf(parsed.error).map(({ path }) => path);
};
const digest = (window: object, more: object = {}) => ({ type: "digest", window, ...more });

describe("a step", () => {
  test.each<[string, object]>([
    ["gathers by a fixed window", digest({ kind: "fixed", seconds: 60 }, { key: "data.a.b", maxEvents: 10 })],
    ["gathers by a sliding window", digest({ kind: "sliding", seconds: 60, maxSeconds: 60 })],
    ["gathers by the hour", digest({ kind: "calendar", every: "hour" })],
    ["gathers by the day", digest({ kind: "calendar", every: "day", time: "08:30" })],
    ["gathers by the week", digest({ kind: "calendar", every: "week", time: "08:30", weekday: "friday" })],
    ["throttles", { type: "throttle", key: "data.a", limit: 1, windowSeconds: 60 }],
    ["takes the place of older messages", { type: "channel", channel: "sms", template: "t", collapseKey: "data.a" }],
    ["sends on the first of some channels", { type: "first_of", channels: ["push", "email"], template: "t" }],
    ["waits for an event", { type: "wait_for", event: "order.paid", timeoutSeconds: 60 }],
    [
      "waits for an event with the same values",
      { type: "wait_for", event: "e", timeoutSeconds: 60, match: { "data.a": "data.b.c" }, recipient: "any" },
    ],
    ["sends an event", { type: "event", event: "order.escalated" }],
    [
      "sends an event about others, with values of the run",
      {
        type: "event",
        event: "e",
        data: { order: { $: "data.order.id" }, list: [{ $: "recipient.id" }, { s: { $: "steps.a.state" } }] },
        recipients: ["u1", { topic: "support" }, { segment: "vip" }],
      },
    ],
    ["waits until a time", { type: "delay", until: { time: "23:59", weekday: "sunday" } }],
  ])("%s", (_, step) => {
    expect(pathsOf(step)).toEqual([]);
  });

  test.each<[string, object, string[]]>([
    [
      "a key that does not lead into the data",
      digest({ kind: "fixed", seconds: 60 }, { key: "recipient.id" }),
      ["key"],
    ],
    ["more events than there may be", digest({ kind: "fixed", seconds: 60 }, { maxEvents: 1001 }), ["maxEvents"]],
    [
      "a collapse key that does not lead into the data",
      { type: "channel", channel: "sms", template: "t", collapseKey: "steps.a" },
      ["collapseKey"],
    ],
    ["a wait without an end", { type: "wait_for", event: "e" }, ["timeoutSeconds"]],
    [
      "a wait for anybody's event without a value",
      { type: "wait_for", event: "e", timeoutSeconds: 1, recipient: "any" },
      ["match"],
    ],
    ["a wait for no value", { type: "wait_for", event: "e", timeoutSeconds: 1, match: {} }, ["match"]],
    [
      "a path of the arriving event that two values should stand at",
      { type: "wait_for", event: "e", timeoutSeconds: 1, match: { "data.a": "data.c", "data.b": "data.c" } },
      ["match"],
    ],
    [
      "a reference that leads to no fact",
      { type: "event", event: "e", data: { a: [{ $: "tenant.x" }] } },
      ["data.a[0].$"],
    ],
    ["a reference to all of the data", { type: "event", event: "e", data: { a: { $: "data" } } }, ["data.a.$"]],
    [
      "a reference with something beside it",
      { type: "event", event: "e", data: { a: { $: "data.b", c: 1 } } },
      ["data.a"],
    ],
    ["a reference that is no text", { type: "event", event: "e", data: { a: { $: 1 } } }, ["data.a"]],
    ["no data but a list", { type: "event", event: "e", data: [1] }, ["data"]],
    ["more data than there may be", { type: "event", event: "e", data: { a: "x".repeat(40_000) } }, ["data"]],
    ["an event about nobody", { type: "event", event: "e", recipients: [] }, ["recipients"]],
    [
      "an event about more than it may name",
      { type: "event", event: "e", recipients: Array.from({ length: 11 }, (_, n) => `u${n}`) },
      ["recipients"],
    ],
    ["no time at all", { type: "delay" }, ["seconds"]],
    ["two times", { type: "delay", seconds: 5, until: { time: "09:00" } }, ["seconds"]],
    ["a time of no day", { type: "delay", until: { time: "24:00" } }, ["until.time"]],
    ["no channel", { type: "first_of", channels: [], template: "t" }, ["channels"]],
    ["a channel twice", { type: "first_of", channels: ["sms", "sms"], template: "t" }, ["channels"]],
    ["no run past", { type: "throttle", limit: 0, windowSeconds: 60 }, ["limit"]],
    ["a window without an end", { type: "throttle", limit: 1 }, ["windowSeconds"]],
    ["less than it slides", digest({ kind: "sliding", seconds: 60, maxSeconds: 59 }), ["window.maxSeconds"]],
    ["a time with every hour", digest({ kind: "calendar", every: "hour", time: "09:00" }), ["window.time"]],
    [
      "a day of the week with every day",
      digest({ kind: "calendar", every: "day", weekday: "monday" }),
      ["window.weekday"],
    ],
    ["a fixed window without its length", digest({ kind: "fixed" }), ["window.seconds"]],
  ])("is refused by its field with %s", (_, step, paths) => {
    expect(pathsOf(step)).toEqual(paths);
  });
});
