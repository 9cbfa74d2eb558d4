import type { StepDefinition } from "./steps/step-kind.ts";

/**
 * A workflow's steps as a flat list, so that a run's place in it is one number. A step with branches is followed by its
 * `then` steps, a jump over the others, and its `else` steps. Fallbacks stand behind the end, each behind a place at which a run of its own
 * waits and watches; `watch` of the step that it is for leads there.
 */
export type Instruction =
  | { op: "step"; step: StepDefinition; otherwise: number; watch?: number }
  | { op: "jump"; to: number }
  /** The messages of `step` are watched here. */
  | { op: "watch"; step: StepDefinition };
export type Program = readonly Instruction[];

export function compile(steps: readonly StepDefinition[]): Program {
  const program: Instruction[] = [];
  const watched: Watched[] = [];
  append(program, steps, watched);
  if (watched.length === 0) return program;
  const ends = [appendJump(program)];
  // A fallback's own steps may have fallbacks, which come behind those that are known.
  for (const { instruction, steps: others } of watched) {
    instruction.watch = program.length;
    program.push({ op: "watch", step: instruction.step });
    append(program, others, watched);
    ends.push(appendJump(program));
  }
  for (const jump of ends) jump.to = program.length;
  return program;
}

type StepInstruction = Extract<Instruction, { op: "step" }>;
type Watched = { instruction: StepInstruction; steps: readonly StepDefinition[] };

function appendJump(program: Instruction[]): Extract<Instruction, { op: "jump" }> {
  const jump: Extract<Instruction, { op: "jump" }> = { op: "jump", to: 0 };
  program.push(jump);
  return jump;
}

/** Adds to `watched` the steps that have a fallback. */
function append(program: Instruction[], steps: readonly StepDefinition[], watched: Watched[]): void {
  for (const step of steps) {
    const instruction: StepInstruction = { op: "step", step, otherwise: program.length + 1 };
    program.push(instruction);
    if (step.fallback !== undefined) watched.push({ instruction, steps: step.fallback.steps });
    if (step.then === undefined && step.else === undefined) continue;
    append(program, step.then ?? [], watched);
    const jump = appendJump(program);
    instruction.otherwise = program.length;
    append(program, step.else ?? [], watched);
    jump.to = program.length;
  }
}
