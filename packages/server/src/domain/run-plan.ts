import type { DigestStep } from "@tidings/contract/digest-step";
import type { EventStep } from "@tidings/contract/event-step";
import type { FallbackTerms } from "@tidings/contract/fallback";
import type { ThrottleStep } from "@tidings/contract/throttle-step";
import type { WaitForStep } from "@tidings/contract/wait-for-step";
import type { Channel } from "@tidings/contract/words";
import type { FetchStep } from "@tidings/contract/workflows";
import { type Watch, watch } from "./fallback.ts";
import type { Program } from "./program.ts";
import type { StepDefinition, StepFacts, StepKind, StepResult } from "./steps/step-kind.ts";

/** `among`: the channels of which one is taken, where the step leaves it to the recipient; `channel` is then its first. */
export interface PlannedSend {
  step: string;
  channel: Channel;
  template: string;
  among?: readonly Channel[] | undefined;
  collapseKey?: string | undefined;
  /** On what terms something else goes out in its place, and where in the program its watch is. */
  fallback?: { terms: FallbackTerms; at: number } | undefined;
}

/** What one turn of a run comes to: what it sends, and where it ends. */
export interface RunPlan {
  sends: PlannedSend[];
  /** Events that it sends, in order. */
  events: EventStep[];
  /** Branches taken, for the record: step and whether its condition held. */
  branches: { step: string; holds: boolean }[];
  /** Throttles that it has come past: where it may not, nothing of the turn is made. */
  throttles: ThrottleStep[];
  /** Results with those that the turn came to; undefined where it came to none. */
  journal?: StepFacts["journal"];
  /** What has become of the messages that the run watches; undefined where it watches none, or waits on. */
  watch?: { step: string; channel: string; result: Exclude<Watch, { kind: "waits" }> };
  end:
    | { kind: "done" }
    | { kind: "wait"; at: number; dueAt: number }
    /** The run stands at `at` until such an event has arrived or its time is up, and goes on behind it. */
    | { kind: "await"; at: number; dueAt: number; wait: WaitForStep }
    /** The run stands at `at` until the answer is journalled, and goes on behind it. */
    | { kind: "effect"; at: number; fetch: FetchStep }
    /** It ends by joining a window, whose own run goes on at `at`. */
    | { kind: "gather"; at: number; digest: DigestStep };
}

/** Goes through a program from `at` to where it has to wait, or its end. Pure; jumps only lead forward, so it ends. */
export function planRun(program: Program, at: number, known: StepFacts, kinds: ReadonlyMap<string, StepKind>): RunPlan {
  let facts = known;
  const plan: RunPlan = { sends: [], events: [], branches: [], throttles: [], end: { kind: "done" } };
  let index = at;
  while (index < program.length) {
    const instruction = program[index];
    if (instruction === undefined) break;
    if (instruction.op === "jump") {
      index = instruction.to;
      continue;
    }
    const { step } = instruction;
    const result = evaluate(step, facts, kinds);
    if (instruction.op === "watch") {
      const end = watchedEnd(plan, step, result, facts);
      if (end === undefined) index += 1;
      else return { ...plan, end: end === "over" ? { kind: "done" } : { kind: "wait", at: index, dueAt: end } };
      continue;
    }
    if (result.kind === "wait") return { ...plan, end: { kind: "wait", at: index + 1, dueAt: result.dueAt } };
    if (result.kind === "await") return { ...plan, end: { ...result, at: index } };
    if (result.kind === "effect") return { ...plan, end: { kind: "effect", at: index, fetch: result.fetch } };
    if (result.kind === "gather") return { ...plan, end: { kind: "gather", at: index, digest: result.digest } };
    if (result.kind === "look") return { ...plan, end: { kind: "wait", at: index, dueAt: facts.baseTime } };
    if (result.kind === "result") {
      plan.journal = { ...facts.journal, [step.id]: result.value };
      facts = { ...facts, journal: plan.journal };
    }
    if (result.kind === "throttle") {
      // What stands before the step is sent in any case: it is a turn of its own.
      if (plan.sends.length + plan.events.length > 0)
        return { ...plan, end: { kind: "wait", at: index, dueAt: facts.baseTime } };
      plan.throttles.push(result.throttle);
    }
    if (result.kind === "send") {
      plan.sends.push(sendOf(step, result, instruction.watch));
    }
    if (result.kind === "emit") plan.events.push(result.event);
    if (result.kind === "branch") plan.branches.push({ step: step.id, holds: result.holds });
    index = result.kind === "branch" && !result.holds ? instruction.otherwise : index + 1;
  }
  return plan;
}

function evaluate(step: StepDefinition, facts: StepFacts, kinds: ReadonlyMap<string, StepKind>): StepResult {
  const kind = kinds.get(step.type);
  if (kind === undefined) throw new RangeError(`step ${step.id} is of unknown type ${step.type}`);
  return kind.evaluate(step, facts);
}

function sendOf(
  { id }: StepDefinition,
  result: Extract<StepResult, { kind: "send" }>,
  at: number | undefined,
): PlannedSend {
  const { channel, template, among, collapseKey, fallback } = result;
  const send: PlannedSend = { step: id, channel, template, collapseKey };
  if (among !== undefined) send.among = among;
  if (fallback !== undefined && at !== undefined) send.fallback = { terms: fallback, at };
  return send;
}

/** What becomes of a run that watches `step`: it goes on with the fallback, is over, or waits until a time. */
function watchedEnd(
  plan: RunPlan,
  step: StepDefinition,
  result: StepResult,
  { watched }: StepFacts,
): undefined | "over" | number {
  if (result.kind !== "send" || result.fallback === undefined || watched === undefined)
    throw new RangeError(`step ${step.id} has no messages to watch`);
  const found = watch(result.fallback, watched.messages, watched.from, watched.at);
  if (found.kind === "waits") return found.dueAt;
  plan.watch = { step: step.id, channel: result.among === undefined ? result.channel : "", result: found };
  return found.kind === "due" ? undefined : "over";
}
