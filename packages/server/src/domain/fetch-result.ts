import type { FetchStep } from "@tidings/contract/workflows";
import type { Json } from "./steps/step-kind.ts";

const secondMs = 1000;

/** Delays before the second, third … try, ms; their number bounds what a step may ask for (`retries`). */
const delaysMs: readonly number[] = [1, 5, 30, 120, 600].map((seconds) => seconds * secondMs);
const retriesDefault = 3;

/** What one try of a fetch step came to. */
export type FetchAnswer =
  | { status: "answered"; statusCode: number; body: Json }
  /** `code` is a status, a code of the outbound client, or why the request or its answer cannot be used. */
  | { status: "failed"; kind: "transient" | "permanent"; code: string; statusCode?: number; retryAfterMs?: number };

export type AfterFetch =
  /** The run goes on, with this as the step's result. */
  { kind: "journal"; result: Json } | { kind: "retry"; delayMs: number } | { kind: "dead"; detail: string };

/** What follows a try. `tries` counts it, from 1; `jitter` in [0, 1) spreads those that failed together over half the delay. */
export function afterFetch(step: FetchStep, answer: FetchAnswer, tries: number, jitter: number): AfterFetch {
  if (answer.status === "answered")
    return { kind: "journal", result: { status: answer.statusCode, body: answer.body } };
  const delayMs = tries > (step.retries ?? retriesDefault) ? undefined : delaysMs[tries - 1];
  if (answer.kind === "transient" && delayMs !== undefined) {
    const ownMs = Math.ceil((delayMs / 2) * (1 + jitter));
    return { kind: "retry", delayMs: Math.max(ownMs, answer.retryAfterMs ?? 0) };
  }
  if (step.onError !== "continue") return { kind: "dead", detail: `${step.id}: ${answer.code}` };
  const status = answer.statusCode === undefined ? {} : { status: answer.statusCode };
  return { kind: "journal", result: { error: answer.code, ...status } };
}
