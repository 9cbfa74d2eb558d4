import type { StepDefinition } from "./steps/step-kind.ts";

/**
 * A workflow's steps as a flat list, so that a run's place in it is one number. A step with branches is followed by its
 * `then` steps, a jump over the others, and its `else` steps.
 */
export type Instruction = { op: "step"; step: StepDefinition; otherwise: number } | { op: "jump"; to: number };
export type Program = readonly Instruction[];

export function compile(steps: readonly StepDefinition[]): Program {
  const program: Instruction[] = [];
  append(program, steps);
  return program;
}

function append(program: Instruction[], steps: readonly StepDefinition[]): void {
  for (const step of steps) {
    const instruction: Instruction = { op: "step", step, otherwise: program.length + 1 };
    program.push(instruction);
    if (step.then === undefined && step.else === undefined) continue;
    append(program, step.then ?? []);
    const jump: Instruction = { op: "jump", to: 0 };
    program.push(jump);
    instruction.otherwise = program.length;
    append(program, step.else ?? []);
    jump.to = program.length;
  }
}
