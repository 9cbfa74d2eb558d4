import { expect, test } from "vitest";
import type { RecentMessage } from "./recent-message.ts";
import { recentResult } from "./recent-result.ts";
import { recentStep } from "./steps/recent-step.ts";

const dayMs = 86_400_000;
const now = 100 * dayMs;
const message = (daysAgo: number, over: Partial<RecentMessage> = {}): RecentMessage => ({
  at: now - daysAgo * dayMs,
  workflow: "w",
  category: "news",
  channel: "email",
  state: "sent",
  sentAt: now - daysAgo * dayMs,
  deliveredAt: null,
  openedAt: null,
  clickedAt: null,
  readAt: null,
  ...over,
});
const opened = message(4, { openedAt: now - 1.5 * dayMs, clickedAt: now - 2 * dayMs });

test("messages are counted, of everything and by what they are, with the age of the latest of each", () => {
  const direct = message(6, { workflow: "", category: "orders", channel: "sms", state: "queued", sentAt: null });
  expect(recentResult([message(3), opened, direct], true, now)).toMatchObject({
    sent: 2,
    opened: 1,
    clicked: 1,
    read: 0,
    waiting: 1,
    sentDaysAgo: 3,
    openedDaysAgo: 1.5,
    clickedDaysAgo: 2,
    engagedDaysAgo: 1.5,
    complete: true,
    categories: { news: { sent: 2, opened: 1 }, orders: { sent: 0, waiting: 1 } },
    channels: { email: { sent: 2 }, sms: { waiting: 1 } },
    workflows: { w: { sent: 2 } },
  });
});

test("of nobody who was sent anything there is no age, and names of documents are no members of objects", () => {
  const none = recentResult([], true, now);
  expect(Object.keys(none ?? {}).filter((name) => name.endsWith("DaysAgo"))).toEqual([]);
  const odd = recentResult([message(1, { category: "__proto__", workflow: "constructor" })], false, now);
  expect(JSON.parse(JSON.stringify(odd))).toMatchObject({ complete: false, workflows: { constructor: { sent: 1 } } });
  expect(JSON.stringify(odd)).toContain('"__proto__":{"sent":1');
});

test("the latest messages are in it one by one, and no more of them than it is bound to", () => {
  const many = Array.from({ length: 30 }, (_, index) => message(index));
  expect(recentResult(many, true, now)).toMatchObject({ sent: 30, messages: { length: 10 } });
});

test("a step looks no further back than it says, waits where nothing was looked up, and asks once", () => {
  const step = { id: "lately", type: "recent", days: 3 };
  const facts = {
    data: {},
    recipient: { id: "u1", attributes: {} },
    messages: new Map(),
    journal: {},
    baseTime: now,
    recent: { messages: [message(1), message(2.5), message(3.5)], isWhole: true },
  };
  expect(recentStep.evaluate(step, facts)).toMatchObject({ kind: "result", value: { sent: 2 } });
  const ofOrders = { ...step, category: "orders" };
  expect(recentStep.evaluate(ofOrders, facts)).toMatchObject({ kind: "result", value: { sent: 0 } });
  expect(recentStep.evaluate(step, { ...facts, recent: undefined })).toEqual({ kind: "look" });
  expect(recentStep.evaluate(step, { ...facts, journal: { lately: null } })).toEqual({ kind: "next" });
});
