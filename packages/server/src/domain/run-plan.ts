import type { DigestStep } from "@tidings/contract/digest-step";
import type { ThrottleStep } from "@tidings/contract/throttle-step";
import type { WaitForStep } from "@tidings/contract/wait-for-step";
import type { Channel } from "@tidings/contract/words";
import type { FetchStep } from "@tidings/contract/workflows";
import type { Program } from "./program.ts";
import type { StepFacts, StepKind } from "./steps/step-kind.ts";

/** `among`: the channels of which one is taken, where the step leaves it to the recipient; `channel` is then its first. */
export interface PlannedSend {
  step: string;
  channel: Channel;
  template: string;
  among?: readonly Channel[] | undefined;
  collapseKey?: string | undefined;
}

/** What one turn of a run comes to: what it sends, and where it ends. */
export interface RunPlan {
  sends: PlannedSend[];
  /** Branches taken, for the record: step and whether its condition held. */
  branches: { step: string; holds: boolean }[];
  /** Throttles that it has come past: where it may not, nothing of the turn is made. */
  throttles: ThrottleStep[];
  /** Results with those that the turn came to; undefined where it came to none. */
  journal?: StepFacts["journal"];
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
  const plan: RunPlan = { sends: [], branches: [], throttles: [], end: { kind: "done" } };
  let index = at;
  while (index < program.length) {
    const instruction = program[index];
    if (instruction === undefined) break;
    if (instruction.op === "jump") {
      index = instruction.to;
      continue;
    }
    const { step } = instruction;
    const kind = kinds.get(step.type);
    if (kind === undefined) throw new RangeError(`step ${step.id} is of unknown type ${step.type}`);
    const result = kind.evaluate(step, facts);
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
      if (plan.sends.length > 0) return { ...plan, end: { kind: "wait", at: index, dueAt: facts.baseTime } };
      plan.throttles.push(result.throttle);
    }
    if (result.kind === "send") {
      const { channel, template, among, collapseKey } = result;
      plan.sends.push({ step: step.id, channel, template, collapseKey, ...(among === undefined ? {} : { among }) });
    }
    if (result.kind === "branch") plan.branches.push({ step: step.id, holds: result.holds });
    index = result.kind === "branch" && !result.holds ? instruction.otherwise : index + 1;
  }
  return plan;
}
