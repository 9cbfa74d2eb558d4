import { expect, test } from "vitest";
import { stepWorld } from "./step-world.conformance.ts";

const mail = (id: string) => ({ id, type: "channel", channel: "email", template: "t" });
const quiet = (...then: object[]) => [
  { id: "lately", type: "recent", days: 7, channel: "email" },
  { id: "few", type: "condition", if: { field: "steps.lately.waiting", op: "lt", value: 2 }, then },
];
const workflows = {
  other: { steps: [mail("mail")] },
  offer: { category: "news", steps: quiet(mail("mail")) },
  later: { category: "news", steps: [{ id: "pause", type: "delay", seconds: 60 }, ...quiet(mail("mail"))] },
  waits: {
    category: "news",
    steps: [{ id: "lately", type: "recent" }, { id: "pause", type: "delay", seconds: 60 }, mail("mail")],
  },
};
const body = { email: "u1@example.org" };

test("a condition reads what the recipient was sent of late, and the message carries it for its template", async () => {
  const w = await stepWorld({ workflows });
  const queue = w.start();
  await w.accept("other", { body });
  await w.rest();
  const first = await w.accept("offer", {});
  await w.rest();
  expect((await w.shown(first))?.decisions).toMatchObject([{ outcome: "branch", reason: "condition_held" }]);
  const carried = [...w.delivered.values()].find(({ origin }) => origin.workflow === "offer");
  expect(carried?.steps).toMatchObject({ lately: { waiting: 1, workflows: { other: { waiting: 1 } } } });
  await w.accept("other", { id: "u2", body: { email: "u2@example.org" } });
  await w.rest();
  const second = await w.accept("offer", { id: "u1" });
  await w.rest();
  expect(w.faults).toEqual([]);
  expect((await w.shown(second))?.messages).toEqual([]);
  expect((await w.shown(second))?.decisions).toMatchObject([{ outcome: "branch", reason: "condition_failed" }]);
  await queue.stop();
  w.database.close();
});

test("a run that waited looks when its time has come", async () => {
  const w = await stepWorld({ workflows });
  const queue = w.start();
  const first = await w.accept("later", { body });
  await w.rest();
  for (const n of [1, 2]) await w.accept("other", { data: { n } });
  await w.rest(70_000);
  expect((await w.shown(first))?.messages).toEqual([]);
  const second = await w.accept("later", { id: "u2", body: { email: "u2@example.org" } });
  await w.rest(70_000);
  expect((await w.shown(second))?.messages).toMatchObject([{ step: "mail" }]);
  expect(w.faults).toEqual([]);
  await queue.stop();
  w.database.close();
});

test("what it came to is journalled: a run that goes on later carries it as it was", async () => {
  const w = await stepWorld({ workflows });
  const queue = w.start();
  await w.accept("other", { body });
  await w.rest();
  await w.accept("waits", {});
  await w.rest();
  await w.accept("other", {});
  await w.rest(70_000);
  const made = [...w.delivered.values()].filter(({ origin }) => origin.workflow === "waits");
  expect(made.map(({ steps }) => steps?.["lately"])).toMatchObject([{ waiting: 1, categories: { c: { waiting: 1 } } }]);
  await queue.stop();
  w.database.close();
});
