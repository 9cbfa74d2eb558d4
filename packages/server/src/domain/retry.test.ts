import { lanes } from "@tidings/contract/words";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AttemptFacts, type AttemptResult, defaultScheduleMs, mailScheduleMs, nextStep } from "./retry.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const almost = 1 - 2 ** -53;

const facts = (over: Partial<AttemptFacts> = {}): AttemptFacts => ({
  lane: "transactional",
  attempt: 1,
  firstAttemptAt: 0,
  now: 1000,
  expiresAt: null,
  retry: undefined,
  idempotent: false,
  ...over,
});
const busy = (over: Partial<Extract<AttemptResult, { status: "rejected" }>> = {}): AttemptResult => ({
  status: "rejected",
  kind: "transient",
  code: "429",
  detail: "busy",
  retryAfterMs: 0,
  schedule: "default",
  ...over,
});
const timeout: AttemptResult = { status: "unknown", code: "timeout" };

/** When the retry after an attempt is due at the earliest and at the latest, from now. */
function window(result: AttemptResult, over: Partial<AttemptFacts> = {}): [number, number] {
  const [low, high] = [0, almost].map((jitter) => nextStep(result, facts(over), jitter));
  if (low?.state !== "queued" || high?.state !== "queued") throw new RangeError("no retry");
  return [low.dueAt - facts(over).now, high.dueAt - facts(over).now];
}

describe("what follows an attempt", () => {
  test("accepted is sent, refused for good is failed, whatever else", () => {
    for (const lane of lanes) {
      expect(nextStep({ status: "accepted" }, facts({ lane, attempt: 99, expiresAt: 0 }), 0)).toEqual({
        state: "sent",
      });
      expect(nextStep(busy({ kind: "permanent", code: "550" }), facts({ lane }), 0.5)).toEqual({
        state: "failed",
        reason: "550",
      });
    }
  });

  test("the default schedule has five retries at 1, 5, 15, 60 and 240 minutes, with full jitter, then the dead-letter queue", () => {
    expect(defaultScheduleMs).toEqual([1, 5, 15, 60, 240].map((minutes) => minutes * minuteMs));
    for (const [index, delayMs] of defaultScheduleMs.entries())
      expect(window(busy(), { attempt: index + 1 })).toEqual([0, delayMs]);
    expect(nextStep(busy(), facts({ attempt: 6 }), 0)).toEqual({
      state: "dead",
      reason: "retries_exhausted",
      detail: "429: busy",
    });
    expect(nextStep(busy({ detail: "" }), facts({ attempt: 60 }), 0)).toEqual({
      state: "dead",
      reason: "retries_exhausted",
      detail: "429",
    });
  });

  test("jitter is added above what the provider asked for", () => {
    expect(window(busy({ retryAfterMs: 30_000 }))).toEqual([30_000, 30_000 + minuteMs]);
    expect(window(busy({ retryAfterMs: 7 * hourMs }), { attempt: 5 })).toEqual([7 * hourMs, 11 * hourMs]);
  });

  test("mail is tried again soon, then every four hours, until four days after its first attempt", () => {
    const mail = busy({ schedule: "mail", code: "451" });
    for (const [index, delayMs] of mailScheduleMs.entries())
      expect(window(mail, { attempt: index + 1 })).toEqual([0, delayMs]);
    expect(window(mail, { attempt: 6 })).toEqual([0, 4 * hourMs]);
    expect(window(mail, { attempt: 500 })).toEqual([0, 4 * hourMs]);
    const end = 96 * hourMs;
    expect(nextStep(mail, facts({ attempt: 30, now: end - 4 * hourMs }), almost)).toEqual({
      state: "queued",
      dueAt: end,
    });
    expect(nextStep(mail, facts({ attempt: 30, now: end - 4 * hourMs + 1 }), almost)).toMatchObject({ state: "dead" });
    expect(nextStep(mail, facts({ attempt: 30, now: end + 1 }), 0)).toEqual({
      state: "dead",
      reason: "retries_exhausted",
      detail: "451: busy",
    });
    expect(nextStep(mail, facts({ attempt: 1, retry: { delaysSeconds: [7] } }), almost)).toEqual({
      state: "queued",
      dueAt: 8000,
    });
  });

  test("a category's own schedule counts in place of both", () => {
    const retry = { delaysSeconds: [2, 4] };
    for (const schedule of ["default", "mail"] as const) {
      expect(window(busy({ schedule }), { retry })).toEqual([0, 2000]);
      expect(window(busy({ schedule }), { retry, attempt: 2 })).toEqual([0, 4000]);
      expect(nextStep(busy({ schedule }), facts({ retry, attempt: 3 }), 0)).toMatchObject({ state: "dead" });
      expect(nextStep(busy({ schedule }), facts({ retry: { delaysSeconds: [] } }), 0)).toMatchObject({ state: "dead" });
    }
  });

  test("a retry that would be due at expiry or later is not made: the message expires", () => {
    const at = (expiresAt: number, jitter: number) => nextStep(busy(), facts({ expiresAt }), jitter);
    expect(at(1000 + minuteMs + 1, almost)).toEqual({ state: "queued", dueAt: 1000 + minuteMs });
    expect(at(1000 + minuteMs, almost)).toEqual({ state: "expired", reason: "expired_before_retry" });
    expect(at(1001, 0)).toEqual({ state: "queued", dueAt: 1000 });
    expect(at(1000, 0)).toEqual({ state: "expired", reason: "expired_before_retry" });
    expect(nextStep(busy({ retryAfterMs: hourMs }), facts({ expiresAt: hourMs }), 0)).toMatchObject({
      state: "expired",
    });
  });

  test.each(lanes)(
    "unknown: %s is repeated where twice is better than never, and else only where the provider drops repetitions",
    (lane) => {
      expect(nextStep(timeout, facts({ lane }), 0)).toEqual(
        lane === "marketing" ? { state: "unknown", reason: "timeout" } : { state: "queued", dueAt: 1000 },
      );
      expect(nextStep(timeout, facts({ lane, idempotent: true }), 0)).toEqual({ state: "queued", dueAt: 1000 });
      expect(nextStep(timeout, facts({ lane: "critical", attempt: 6 }), 0)).toEqual({
        state: "dead",
        reason: "retries_exhausted",
        detail: "timeout",
      });
    },
  );

  describe("where other integrations may take what one refused", () => {
    const elsewhere = (over: Partial<Extract<AttemptResult, { status: "rejected" }>> = {}) =>
      busy({ isElsewhere: true, retryAfterMs: 7000, ...over });
    const others = { candidates: 3, isOpen: true };

    test("each has its turn at once, whatever this one asked for; then comes the schedule's next delay", () => {
      for (const attempt of [1, 2, 4, 5]) expect(window(elsewhere(), { attempt, others })).toEqual([0, 0]);
      expect(window(elsewhere(), { attempt: 3, others })).toEqual([7000, 7000 + minuteMs]);
      expect(window(elsewhere(), { attempt: 6, others })).toEqual([7000, 7000 + 5 * minuteMs]);
      expect(nextStep(elsewhere(), facts({ attempt: 18, others }), 0)).toMatchObject({ state: "dead" });
    });

    test("it waits where none of them lets messages through, and where the refusal is the message's own", () => {
      expect(window(elsewhere(), { others: { candidates: 3, isOpen: false } })).toEqual([7000, 7000 + minuteMs]);
      expect(window(elsewhere({ isElsewhere: false }), { others })).toEqual([7000, 7000 + minuteMs]);
    });

    test("what has expired goes to none of them", () => {
      expect(nextStep(elsewhere(), facts({ others, expiresAt: 1000 }), 0)).toMatchObject({ state: "expired" });
    });
  });

  test("a refusal may bound its attempts, below what the schedule allows", () => {
    expect(nextStep(busy({ attemptsMax: 2 }), facts({ attempt: 1 }), 0)).toMatchObject({ state: "queued" });
    expect(nextStep(busy({ attemptsMax: 2 }), facts({ attempt: 2 }), 0)).toMatchObject({ state: "dead" });
  });

  test("attempts end, however many integrations there are", () => {
    const others = { candidates: 1000, isOpen: true };
    expect(nextStep(busy({ isElsewhere: true }), facts({ attempt: 99, others }), 0)).toMatchObject({ state: "queued" });
    expect(nextStep(busy({ isElsewhere: true }), facts({ attempt: 100, others }), 0)).toMatchObject({ state: "dead" });
  });

  test("a refusal that may pass is tried again for marketing too", () => {
    expect(nextStep(busy(), facts({ lane: "marketing" }), 0)).toMatchObject({ state: "queued" });
  });

  test("a retry is never early, never outside its schedule, never at or after expiry, and retries end", () => {
    const delays = fc.array(fc.integer({ min: 0, max: 86_400 }), { maxLength: 6 });
    const jitter = fc.double({ min: 0, max: almost, noNaN: true });
    fc.assert(
      fc.property(
        delays,
        fc.nat(10),
        fc.nat(1e7),
        jitter,
        fc.option(fc.nat(2e8)),
        (delaysSeconds, attemptBefore, retryAfterMs, share, expiresAt) => {
          const given = facts({ attempt: attemptBefore + 1, expiresAt, retry: { delaysSeconds } });
          const next = nextStep(busy({ retryAfterMs }), given, share);
          const delaySeconds = delaysSeconds[attemptBefore];
          if (delaySeconds === undefined || next.state !== "queued") {
            const late =
              expiresAt !== null &&
              delaySeconds !== undefined &&
              expiresAt <= given.now + retryAfterMs + delaySeconds * 1000;
            expect([next.state, late]).toEqual(delaySeconds === undefined ? ["dead", false] : ["expired", true]);
            return;
          }
          expect(Number.isInteger(next.dueAt)).toBe(true);
          expect(next.dueAt).toBeGreaterThanOrEqual(given.now + retryAfterMs);
          expect(next.dueAt).toBeLessThanOrEqual(given.now + retryAfterMs + delaySeconds * 1000);
          expect(next.dueAt).toBeLessThan(expiresAt ?? Number.POSITIVE_INFINITY);
        },
      ),
      { numRuns: 300 },
    );
  });
});
