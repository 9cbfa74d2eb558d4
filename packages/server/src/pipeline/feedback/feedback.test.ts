import { expect, test } from "vitest";
import { SystemClock } from "../../lib/system-clock.ts";
import type { FeedbackReport, FeedbackStore } from "../../ports/store/feedback.ts";
import { Feedback } from "./feedback.ts";

const id = "01890000-0000-8000-8000-00000000000a";

const rule = { count: 2, days: 3 };

function feedbackOver(recordFeedback: FeedbackStore["recordFeedback"]) {
  const limits = { batchMax: 1000, waitingMax: 500, retryAfterSeconds: 2 };
  const softBounces = (environmentId: number) => (environmentId === 1 ? rule : undefined);
  return new Feedback({ store: { recordFeedback }, clock: new SystemClock(), softBounces, limits });
}

test("many reports become few transactions of at most the limit", async () => {
  const sizes: number[] = [];
  const feedback = feedbackOver(async ({ reports }) => sizes.push(reports.length));
  const reports = Array.from({ length: 250 }, () => ({ messageId: id, kind: "delivered" as const, at: 1 }));
  const taken = await Promise.all([feedback.report(1, reports), feedback.report(1, reports.slice(0, 10))]);
  expect(taken).toEqual([250, 10]);
  expect(sizes).toEqual([260]);
});

test("a report with an id that is none of ours is dropped", async () => {
  const seen: FeedbackReport[] = [];
  const feedback = feedbackOver(async ({ reports }) => seen.push(...reports));
  expect(await feedback.report(1, [{ messageId: "their-own", kind: "opened", at: 1 }])).toBe(0);
  expect(seen).toEqual([]);
});

test("a report whose time has parts of a millisecond is recorded with whole ones", async () => {
  const seen: FeedbackReport[] = [];
  const feedback = feedbackOver(async ({ reports }) => seen.push(...reports));
  await feedback.report(1, [{ messageId: id, kind: "delivered", at: 1234.56 }]);
  expect(seen).toMatchObject([{ at: 1234 }]);
});

test("reports are recorded with the rule for soft bounces of their environment, where it has one", async () => {
  const rules: unknown[] = [];
  const feedback = feedbackOver(async ({ softBounces }) => rules.push(...(softBounces ?? [])));
  await feedback.report(1, [{ messageId: id, kind: "soft_bounced", at: 1 }]);
  await feedback.report(2, [{ messageId: id, kind: "soft_bounced", at: 1 }]);
  expect(rules).toEqual([[1, rule]]);
});

test("when too many wait, the next is refused and told when to come again", async () => {
  let commit = (): void => {};
  const committed = new Promise<void>((resolve) => {
    commit = resolve;
  });
  const feedback = feedbackOver(async () => {
    await committed;
    return 0;
  });
  const reports = Array.from({ length: 500 }, () => ({ messageId: id, kind: "read" as const, at: 1 }));
  const first = feedback.report(1, reports);
  await expect(feedback.report(1, reports)).rejects.toMatchObject({ code: "overloaded", retryAfterSeconds: 2 });
  commit();
  expect(await first).toBe(500);
});

test("a store that fails fails the report", async () => {
  const feedback = feedbackOver(() => Promise.reject(new Error("disk")));
  await expect(feedback.report(1, [{ messageId: id, kind: "read", at: 1 }])).rejects.toThrow("disk");
});
