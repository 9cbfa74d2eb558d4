import type { FallbackTerms } from "@tidings/contract/fallback";
import { sealContext } from "../../domain/event-payload.ts";
import { causesOf, watchedUntil } from "../../domain/fallback.ts";
import type { PlannedSend, RunPlan } from "../../domain/run-plan.ts";
import type { Watched } from "../../domain/steps/step-kind.ts";
import type { Ids } from "../../ports/ids.ts";
import type { NewDecision, NewMessage, NewRun, RunRecord } from "../../ports/store/orchestrate.ts";
import { newRun } from "./new-run.ts";
import type { OrchestrateKeyring } from "./ports.ts";
import { programOf } from "./programs.ts";
import type { RunFrame } from "./run-frame.ts";

/** A run that a turn leaves watching: where it stands in the program, and when it looks at the latest. */
export interface LeftWatching {
  id: string;
  at: number;
  dueAt: number;
  /** When the last of its messages is to go out, ms. */
  from: number;
}

/**
 * The run that watches what a step has just made. It is written with the messages, which name it: whatever ends one of them makes it due in
 * that transaction, and its own time is for what nobody reports. One run for all messages of a step, under an id of run and step: however
 * often failures are reported, it goes on once.
 */
export function watchOf(
  frame: RunFrame,
  send: PlannedSend,
  messages: readonly NewMessage[],
  ids: Ids,
): LeftWatching | undefined {
  if (send.fallback === undefined || messages.length === 0) return undefined;
  const { terms, at } = send.fallback;
  const id = watcherId(frame, send, ids);
  for (const message of messages) message.watcher = id;
  const from = Math.max(...messages.map(({ dueAt, createdAt }) => dueAt ?? createdAt));
  return { id, at, from, dueAt: firstLook(terms, from) };
}

/** The recipient has no address there: the fallback goes out at once, where it is for that. */
export function withoutAddress(frame: RunFrame, send: PlannedSend, ids: Ids): LeftWatching | undefined {
  if (send.fallback === undefined || !causesOf(send.fallback.terms).has("no_address")) return undefined;
  const { now } = frame;
  // Behind the place at which messages are watched: there is none.
  return { id: watcherId(frame, send, ids), at: send.fallback.at + 1, from: now, dueAt: now };
}

const watcherId = (frame: RunFrame, { step }: PlannedSend, ids: Ids): string =>
  ids.derive(frame.baseTime, "fallback", frame.id, step);

function firstLook(terms: FallbackTerms, from: number): number {
  const { afterSeconds } = terms;
  return afterSeconds === undefined ? watchedUntil(terms, from) : from + afterSeconds * 1000;
}

/** It is canceled with the run whose messages it watches: with its event, but where that gathers for many. */
export function watchingRun(
  frame: RunFrame,
  recipient: string,
  { id, at, dueAt, from }: LeftWatching,
  of: Pick<RunRecord, "cancellationHash" | "gathers">,
  keyring: Pick<OrchestrateKeyring, "sealForEnvironment">,
): NewRun {
  // What its messages say may read the results of the run so far.
  const { environmentId, journal: results } = frame;
  const hasResults = Object.keys(results).length > 0;
  const journal = hasResults
    ? keyring.sealForEnvironment(environmentId, sealContext.journal, JSON.stringify(results))
    : null;
  return newRun(frame, recipient, {
    id,
    step: at,
    dueAt,
    cancellationHash: of.cancellationHash,
    journal,
    gathers: of.gathers,
    watch: { of: frame.id, from },
  });
}

/** The messages that a run watches, those of the step at whose watch it stands. */
export function watchedBy(
  { watch, messages, step: at, dueAt }: RunRecord,
  workflow: RunFrame["workflow"]["document"],
): Watched | undefined {
  const instruction = programOf(workflow)[at];
  if (watch === null || instruction?.op !== "watch") return undefined;
  return {
    messages: messages.filter(({ step }) => step === instruction.step.id),
    from: watch.from,
    at: dueAt,
  };
}

/** What is on record about a watch that has ended. That messages have simply arrived is on their own. */
export function watchDecision(
  watch: NonNullable<RunPlan["watch"]>,
): Pick<NewDecision, "step" | "channel" | "outcome" | "reason" | "detail"> | undefined {
  const { step, channel, result } = watch;
  if (result.kind === "due")
    return { step, channel, outcome: "fallback", reason: `fallback_${result.cause}`, detail: "" };
  if (result.why === "nothing_sent" || (result.why === "delivered" && !result.failed)) return undefined;
  return { step, channel, outcome: "no_fallback", reason: `no_fallback_${result.why}`, detail: "" };
}

/** The frame of a turn that sends in place of another step: the reason is with each message. */
export function withFallback(frame: RunFrame, { watch, step: at }: RunRecord, plan: RunPlan): RunFrame {
  if (watch === null || plan.sends.length === 0) return frame;
  const before = programOf(frame.workflow.document)[at - 1];
  if (plan.watch !== undefined)
    return plan.watch.result.kind === "due"
      ? { ...frame, fallbackOf: `${plan.watch.step}: ${plan.watch.result.cause}` }
      : frame;
  return before?.op === "watch" ? { ...frame, fallbackOf: `${before.step.id}: no_address` } : frame;
}
