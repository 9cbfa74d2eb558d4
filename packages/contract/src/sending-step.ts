import type { Channel } from "./words.ts";
import type { Step } from "./workflows.ts";

/** What a step sends: its template, and the channels for which that has to have content. Undefined for one that sends nothing. */
export function sendingOf(step: Step): { template: string; channels: readonly Channel[] } | undefined {
  if (step.type === "channel") return { template: step.template, channels: [step.channel] };
  if (step.type === "first_of") return { template: step.template, channels: step.channels };
  return undefined;
}
