import type { WorkflowBody } from "@tidings/contract/workflows";
import { compile, type Program } from "../../domain/program.ts";

/** Programs by the workflow document that they were made from; gone with it. */
const programs = new WeakMap<WorkflowBody, Program>();

export function programOf(workflow: WorkflowBody): Program {
  const known = programs.get(workflow);
  if (known !== undefined) return known;
  const program = compile(workflow.steps);
  programs.set(workflow, program);
  return program;
}
