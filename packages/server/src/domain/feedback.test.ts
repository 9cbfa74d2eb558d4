import { type MessageState, messageStates } from "@tidings/contract/words";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bitOf,
  type FeedbackKind,
  feedbackTime,
  isStateOf,
  feedbackKinds as kinds,
  reasonOf,
  reportedBits,
  stateAfterFeedback,
} from "./feedback.ts";

const after = (state: MessageState, kind: FeedbackKind) => stateAfterFeedback(state, kind) ?? state;

describe("feedback", () => {
  test("moves a message up the ranks only", () => {
    const ranked: MessageState[] = ["unknown", "sent", "failed", "delivered", "bounced"];
    for (const [from, state] of ranked.entries()) {
      for (const kind of ["failed", "delivered", "bounced"] as const) {
        const to = ranked.indexOf(kind);
        expect(stateAfterFeedback(state, kind)).toBe(to > from ? kind : undefined);
      }
    }
  });

  test.each(["suppressed", "expired", "canceled", "dead"] as const)("leaves %s as it is", (state) => {
    for (const kind of kinds) expect(stateAfterFeedback(state, kind)).toBeUndefined();
  });

  test.each(["queued", "sending"] as const)("reaches a message that is still %s", (state) => {
    for (const kind of ["failed", "delivered", "bounced"] as const) expect(stateAfterFeedback(state, kind)).toBe(kind);
  });

  test("moves a message that soft-bounced as one that failed", () => {
    for (const state of messageStates)
      expect(stateAfterFeedback(state, "soft_bounced")).toBe(stateAfterFeedback(state, "failed"));
    expect([isStateOf("failed", "soft_bounced"), isStateOf("failed", "failed")]).toEqual([true, true]);
    expect([isStateOf("bounced", "soft_bounced"), isStateOf("sent", "opened")]).toEqual([false, false]);
  });

  test("that says unsubscribed moves nothing", () => {
    for (const state of messageStates) expect(stateAfterFeedback(state, "unsubscribed")).toBeUndefined();
  });

  test("has a time of its own, or a bit, and no two the same", () => {
    const marks = kinds.map((kind) => feedbackTime[kind] ?? bitOf(kind));
    expect(new Set(marks).size).toBe(kinds.length);
    expect(marks).not.toContain(0);
  });

  test("of which there was none finds the end that attempts came to, and no other", () => {
    expect(reportedBits(null, "failed")).toBe(bitOf("failed"));
    expect(reportedBits(null, "sent")).toBe(0);
    expect(reportedBits(0, "failed")).toBe(0);
  });

  test("suppresses by itself where it bounced or complained", () => {
    const reasons = kinds.map((kind) => reasonOf(kind)).filter((reason) => reason !== undefined);
    expect(reasons).toEqual(["bounced", "complained"]);
  });

  test("opened, clicked, read and complained are times, never states", () => {
    for (const state of messageStates) {
      for (const kind of ["opened", "clicked", "read", "complained"] as const) {
        expect(stateAfterFeedback(state, kind)).toBeUndefined();
        expect(feedbackTime[kind]).toBeDefined();
      }
    }
  });

  test("in any order, any number of times, ends in the same state", () => {
    const reports = fc.array(fc.constantFrom(...kinds), { maxLength: 6 });
    fc.assert(
      fc.property(
        fc.constantFrom(...messageStates),
        reports.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 })),
        ),
        (state, [list, doubled]) => {
          expect(doubled.reduce(after, state)).toBe(list.reduce(after, state));
        },
      ),
      { numRuns: 500 },
    );
  });
});
