import type { Fault } from "@tidings/contract/errors";
import type { FetchRequest, FetchStep } from "@tidings/contract/workflows";
import { TemplateFault } from "./template-fault.ts";
import { faultOfTemplate } from "./template-rules.ts";

/** Compiles the templates of a fetch step's request; throws a TemplateFault where one is broken. */
export type CompileRequest = (request: FetchRequest) => unknown;

export function fetchStepFaults(step: FetchStep, path: string, compileRequest: CompileRequest): Fault[] {
  try {
    compileRequest(step.request);
    return [];
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    const { path: field, ...fault } = faultOfTemplate(error);
    return [{ path: `${path}.request.${field}`, ...fault }];
  }
}
