import type { FallbackTerms } from "@tidings/contract/fallback";
import type { MessageState } from "@tidings/contract/words";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type WatchedMessage, watch } from "./fallback.ts";

const from = 1_000_000;
const message = (state: MessageState, over: Partial<WatchedMessage> = {}): WatchedMessage => ({
  state,
  isDelivered: state === "delivered",
  isUndeliverable: false,
  ...over,
});
const after = (states: readonly (MessageState | WatchedMessage)[], terms: FallbackTerms = {}, seconds = 1) =>
  watch(
    terms,
    states.map((one) => (typeof one === "string" ? message(one) : one)),
    from,
    from + seconds * 1000,
  );
const due = (cause: string) => ({ kind: "due", cause });
const dayMs = 86_400_000;

describe("a fallback", () => {
  test.each<[MessageState, string]>([
    ["failed", "failed"],
    ["dead", "failed"],
    ["bounced", "bounced"],
  ])("goes out for a message that is %s", (state, cause) => {
    expect(after([state])).toEqual(due(cause));
  });

  test.each<MessageState>(["suppressed", "expired", "canceled"])("does not for one that is %s", (state) => {
    expect(after([state])).toEqual({ kind: "over", why: "ended", failed: true });
  });

  test("goes out for one that was held back as its address had bounced before", () => {
    expect(after([message("suppressed", { isUndeliverable: true })])).toEqual(due("bounced"));
  });

  test("waits for what is under way, and for what may have arrived", () => {
    for (const state of ["queued", "sending", "sent", "unknown"] as const)
      expect(after([state])).toEqual({ kind: "waits", dueAt: from + dayMs });
  });

  test("goes out for what nobody knows of only where it says so", () => {
    expect(after(["unknown"], { on: ["unknown"] })).toEqual(due("unknown"));
  });

  test("goes out once nobody has said in time that it arrived, whatever is known of it", () => {
    for (const state of ["queued", "sending", "sent", "unknown"] as const) {
      expect(after([state], { afterSeconds: 300 }, 299)).toEqual({ kind: "waits", dueAt: from + 300_000 });
      expect(after([state], { afterSeconds: 300 }, 300)).toEqual(due("undelivered"));
    }
  });

  test("does not where one of several messages arrived, and waits for the last of them", () => {
    expect(after(["failed", "delivered"])).toEqual({ kind: "over", why: "delivered", failed: true });
    expect(after(["failed", "sent"])).toMatchObject({ kind: "waits" });
    expect(after(["canceled", "failed"])).toEqual(due("failed"));
    expect(after([])).toMatchObject({ kind: "over", why: "nothing_sent" });
  });

  test("is only for what happens within its time", () => {
    expect(after(["failed"], { withinSeconds: 60 }, 60)).toEqual(due("failed"));
    expect(after(["failed"], { withinSeconds: 60 }, 61)).toEqual({ kind: "over", why: "late", failed: true });
    expect(after(["sent"], { withinSeconds: 60 }, 60)).toEqual({ kind: "over", why: "late", failed: false });
  });

  test("is for none but its causes", () => {
    expect(after(["failed"], { on: ["bounced"] })).toEqual({ kind: "over", why: "ended", failed: true });
  });

  test("comes to the same in whatever order its messages stand, and always to an end", () => {
    const states = fc.constantFrom<MessageState>(
      ...(["queued", "sending", "sent", "delivered", "failed", "bounced", "suppressed", "canceled", "dead"] as const),
    );
    fc.assert(
      fc.property(
        fc.array(states, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 0, max: 90_000 }),
        (all, seconds) => {
          const terms = { on: ["failed" as const], afterSeconds: 300 };
          const found = after(all, terms, seconds);
          expect(after(all.toReversed(), terms, seconds)).toEqual(found);
          if (found.kind === "waits") expect(found.dueAt).toBeGreaterThan(from + seconds * 1000);
        },
      ),
    );
  });
});
