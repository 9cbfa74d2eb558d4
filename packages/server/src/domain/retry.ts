import type { CategoryBody } from "@tidings/contract/categories";
import type { Lane } from "@tidings/contract/words";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Delays before the second, third … attempt, ms. The number of them is the number of retries. */
export const defaultScheduleMs: readonly number[] = [1, 5, 15, 60, 240].map((minutes) => minutes * minuteMs);

/** A mail server that defers is asked for four days (RFC 5321 §4.5.4.1), soon at first, then every four hours. */
export const mailScheduleMs: readonly number[] = [5, 15, 30, 60, 120].map((minutes) => minutes * minuteMs);
const mailGiveUpMs = 4 * 24 * hourMs;

/** What an attempt came to, as far as it decides what follows. */
export type AttemptResult =
  | { status: "accepted" }
  | {
      status: "rejected";
      kind: "transient" | "permanent";
      code: string;
      detail: string;
      retryAfterMs: number;
      schedule: "default" | "mail";
      /** True where another integration may well take what this one refused. */
      isElsewhere?: boolean;
      attemptsMax?: number | undefined;
    }
  | { status: "unknown"; code: string };

export interface AttemptFacts {
  lane: Lane;
  /** Number of the attempt, from 1. */
  attempt: number;
  firstAttemptAt: number;
  now: number;
  expiresAt: number | null;
  /** The category's own schedule, where it has one. */
  retry: CategoryBody["retry"];
  /** True where the provider drops a repeated idempotency key, so that repeating is safe for every class. */
  idempotent: boolean;
  /** Other integrations for the message; left out where there is none. */
  others?: OtherIntegrations;
}

export interface OtherIntegrations {
  /** With the one that made this attempt. */
  candidates: number;
  /** One of them lets messages through. */
  isOpen: boolean;
}

export type NextStep =
  | { state: "sent" }
  | { state: "queued"; dueAt: number }
  | { state: "unknown" | "failed" | "expired"; reason: string }
  | { state: "dead"; reason: string; detail: string };

/**
 * What follows an attempt. A permanent refusal is final: nothing about a second attempt would differ. UNKNOWN is
 * repeated for critical and transactional (twice is better than never) and ends so for marketing (never twice), unless
 * the provider itself drops repetitions. What an integration refused goes to the next one at once, until each had its turn: only
 * then comes the schedule's next delay. `jitter` is in [0, 1).
 */
export function nextStep(result: AttemptResult, facts: AttemptFacts, jitter: number): NextStep {
  if (result.status === "accepted") return { state: "sent" };
  if (result.status === "unknown") {
    if (facts.lane === "marketing" && !facts.idempotent) return { state: "unknown", reason: result.code };
    return retry(scheduleOf(facts, "default"), 0, facts, jitter, result.code, "");
  }
  if (result.kind === "permanent") return { state: "failed", reason: result.code };
  const ends = scheduleOf(facts, result.schedule).giveUpMs > 0 ? Number.POSITIVE_INFINITY : attemptsMax;
  if (facts.attempt >= Math.min(result.attemptsMax ?? ends, ends))
    return { state: "dead", reason: "retries_exhausted", detail: joined(result.code, result.detail) };
  if (result.isElsewhere === true && goesOn(facts)) return atOnce(facts);
  return retry(scheduleOf(facts, result.schedule), result.retryAfterMs, facts, jitter, result.code, result.detail);
}

/** However many integrations and delays there are. Mail that is deferred ends by time. */
const attemptsMax = 100;

function goesOn({ attempt, others }: AttemptFacts): boolean {
  return others?.isOpen === true && attempt % others.candidates !== 0;
}

function atOnce({ now, expiresAt }: AttemptFacts): NextStep {
  if (expiresAt !== null && now >= expiresAt) return { state: "expired", reason: "expired_before_retry" };
  return { state: "queued", dueAt: now };
}

interface Schedule {
  delaysMs: readonly number[];
  /** After the list the last delay goes on until this long after the first attempt; 0: the list is all. */
  giveUpMs: number;
}

function scheduleOf(facts: AttemptFacts, name: "default" | "mail"): Schedule {
  if (facts.retry !== undefined)
    return { delaysMs: facts.retry.delaysSeconds.map((seconds) => seconds * 1000), giveUpMs: 0 };
  return name === "mail"
    ? { delaysMs: [...mailScheduleMs, 4 * hourMs], giveUpMs: mailGiveUpMs }
    : { delaysMs: defaultScheduleMs, giveUpMs: 0 };
}

/** Full jitter above what the provider asked for: a herd that was refused together does not come back together. */
function retry(
  schedule: Schedule,
  minimumMs: number,
  facts: AttemptFacts,
  jitter: number,
  code: string,
  detail: string,
): NextStep {
  const index = Math.ceil(facts.attempt / Math.max(1, facts.others?.candidates ?? 1)) - 1;
  const delayMs = schedule.delaysMs[schedule.giveUpMs > 0 ? Math.min(index, schedule.delaysMs.length - 1) : index];
  if (delayMs === undefined) return { state: "dead", reason: "retries_exhausted", detail: joined(code, detail) };
  const dueAt = facts.now + minimumMs + Math.ceil(delayMs * jitter);
  if (schedule.giveUpMs > 0 && dueAt > facts.firstAttemptAt + schedule.giveUpMs)
    return { state: "dead", reason: "retries_exhausted", detail: joined(code, detail) };
  if (facts.expiresAt !== null && dueAt >= facts.expiresAt) return { state: "expired", reason: "expired_before_retry" };
  return { state: "queued", dueAt };
}

function joined(code: string, detail: string): string {
  return detail === "" ? code : `${code}: ${detail}`;
}
