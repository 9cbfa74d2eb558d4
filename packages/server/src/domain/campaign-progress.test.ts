import { expect, test } from "vitest";
import { type CampaignFacts, campaignProgress, campaignState } from "./campaign-progress.ts";

const now = Date.UTC(2026, 10, 28, 12, 0, 30);
const minute = now / 60_000 - 0.5;
const sums = (of: Record<string, number>) =>
  Object.entries(of).map(([metric, value]) => ({ metric, minute: 0, value }));
const facts = (over: Partial<CampaignFacts> = {}): CampaignFacts => ({
  total: 1000,
  eventState: "accepted",
  scheduledAt: null,
  canceledAt: null,
  pausedAt: null,
  resumedAt: null,
  hasParts: false,
  isOpen: true,
  counts: [],
  ...over,
});

test.each<[Partial<CampaignFacts>, string]>([
  [{ scheduledAt: now + 1 }, "scheduled"],
  [{ scheduledAt: now }, "running"],
  [{}, "running"],
  [{ eventState: "done", hasParts: true }, "running"],
  [{ eventState: "done" }, "sending"],
  [{ eventState: "done", isOpen: false }, "done"],
  [{ eventState: "canceled" }, "canceled"],
  [{ eventState: "done", canceledAt: now, isOpen: false }, "canceled"],
  [{ eventState: "dead" }, "failed"],
  [{ pausedAt: now }, "paused"],
  [{ pausedAt: now, scheduledAt: now + 1 }, "paused"],
  [{ pausedAt: now, eventState: "done", hasParts: true }, "paused"],
  [{ pausedAt: now, eventState: "done" }, "sending"],
  [{ pausedAt: now, eventState: "canceled" }, "canceled"],
  [{ resumedAt: now }, "running"],
])("%j is %s", (over, state) => {
  expect(campaignState(facts(over), now)).toBe(state);
});

test("what is left is told from what was made of those looked at so far, and the rate of the latest minutes", () => {
  const counts = [
    ...sums({
      looked: 500,
      recipients: 450,
      queued: 400,
      sent: 250,
      dead: 50,
      "skipped:opted_out": 50,
      suppressed: 10,
    }),
    { metric: "left", minute: minute - 1, value: 600 },
    { metric: "left", minute, value: 300 },
    { metric: "left", minute: minute - 5, value: 9999 },
  ];
  const progress = campaignProgress(facts({ counts }), now);
  // 900 in 90 s; 800 messages are expected in all, of which 310 are done.
  expect(progress).toMatchObject({
    total: 1000,
    messages: 400,
    done: 310,
    failed: 50,
    ratePerSecond: 10,
    secondsLeft: 49,
  });
  expect(progress.skipped.map(({ reason, count }) => [reason, count])).toEqual([
    ["opted_out", 50],
    ["suppressed", 10],
  ]);
  expect(progress.skipped[0]?.text).toMatch(/^Not sent/);
});

test("nothing is said of what nobody knows: how many are in a segment, and when nothing goes out", () => {
  const counts = sums({ looked: 10, queued: 5 });
  expect(campaignProgress(facts({ total: null, counts }), now)).toMatchObject({
    total: undefined,
    secondsLeft: undefined,
    ratePerSecond: 0,
  });
  expect(campaignProgress(facts({ total: null, eventState: "done", counts }), now)).toMatchObject({
    total: 10,
    secondsLeft: undefined,
  });
  const over = sums({ looked: 10, queued: 5, sent: 5, failed: 1 });
  expect(campaignProgress(facts({ total: null, eventState: "done", counts: over }), now)).toMatchObject({
    done: 5,
    secondsLeft: 0,
  });
});

test("while it is paused nobody knows how long the rest takes, and a pause is no part of the rate", () => {
  const counts = [...sums({ looked: 500, queued: 500, sent: 400 }), { metric: "left", minute: minute - 4, value: 400 }];
  const paused = campaignProgress(facts({ counts, pausedAt: now - 120_000 }), now);
  expect(paused).toMatchObject({ ratePerSecond: 0, done: 400 });
  expect(paused.secondsLeft).toBeUndefined();
  const left = { metric: "left", minute, value: 50 };
  const resumed = campaignProgress(facts({ counts: [...counts, left], resumedAt: now - 10_000 }), now);
  expect(resumed).toMatchObject({ ratePerSecond: 5, secondsLeft: 120 });
});
