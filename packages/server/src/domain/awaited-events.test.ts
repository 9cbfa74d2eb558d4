import { stepSchema } from "@tidings/contract/workflows";
import { expect, test } from "vitest";
import { awaitedEvents, patternsOf } from "./awaited-events.ts";

const day = 86_400_000;
const waitFor = (event: string, timeoutSeconds: number, over: object = {}) =>
  stepSchema.parse({ id: event, type: "wait_for", event, timeoutSeconds, ...over });
const delay = (seconds: number) => stepSchema.parse({ id: `d${seconds}`, type: "delay", seconds });

test("a workflow awaits the events of its steps, those of branches too, each for as long as a run may take to it", () => {
  const branch = stepSchema.parse({
    id: "c",
    type: "condition",
    if: { field: "data.a", op: "exists" },
    // biome-ignore lint/suspicious/noThenProperty: `then` is the field's word in workflow definitions
    then: [delay(10)],
    else: [waitFor("b", 100, { match: { "data.x": "data.z", "data.w": "data.y" }, recipient: "any" })],
  });
  expect(awaitedEvents([delay(5), waitFor("a", 60), branch])).toEqual([
    { event: "a", sameRecipient: true, paths: [], keptMs: day + 5000, spanMs: day + 65_000 },
    { event: "b", sameRecipient: false, paths: ["data.y", "data.z"], keptMs: day + 75_000, spanMs: day + 175_000 },
  ]);
});

test.each<[object, number]>([
  [{ type: "delay", until: { time: "09:00" } }, 8 * day],
  [{ type: "digest", window: { kind: "fixed", seconds: 9 } }, 9000],
  [{ type: "digest", window: { kind: "sliding", seconds: 9, maxSeconds: 12 } }, 12_000],
  [{ type: "digest", window: { kind: "calendar", every: "week" } }, 8 * day],
  [{ type: "fetch", request: { method: "GET", url: "https://a.example/" } }, 3_600_000],
  [{ type: "channel", channel: "email", template: "t" }, 0],
])("a run may stand at %j for so long", (step, ms) => {
  const [awaited] = awaitedEvents([stepSchema.parse({ id: "s", ...step }), waitFor("a", 1)]);
  expect(awaited?.keptMs).toBe(day + ms);
});

test("of equal patterns one is left, which is kept as long as any", () => {
  const of = (keptMs: number, paths: string[] = []) => ({ sameRecipient: true, paths, keptMs });
  expect(patternsOf([of(5), of(9, ["data.a"]), of(7)])).toEqual([of(7), of(9, ["data.a"])]);
});
