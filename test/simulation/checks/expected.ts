import { drawId, type SimulatedStep, workflows } from "../documents.ts";
import type { SimulatedPerson } from "../people.ts";
import type { Intent } from "../scenario.ts";

/** A step that sends, for one recipient: what the documents say, worked out without the product. */
export interface ExpectedSend {
  step: string;
  channel: "email" | "sms";
  /** Seconds of delays before it. */
  afterSeconds: number;
  /** True where a draw stands before it. */
  drawn: boolean;
}

/** How a condition came out; undefined where it was never reached. */
export type Branches = (step: string) => boolean | undefined;

/** The conditions of the documents, as a person would work them out. Others depend on what happened, and were recorded. */
function holds(step: string, intent: Intent, person: SimulatedPerson, recorded: Branches): boolean | undefined {
  if (step === "amount") return Number(intent.body.data?.amount) >= 100;
  if (step === "plan") return person.plan === "pro";
  return recorded(step);
}

export function expectedSends(
  workflow: string,
  intent: Intent,
  person: SimulatedPerson,
  recorded: Branches,
): ExpectedSend[] {
  const sends: ExpectedSend[] = [];
  let afterSeconds = 0;
  let drawn = false;
  const walk = (steps: readonly SimulatedStep[]): void => {
    for (const step of steps) {
      if (step.id === drawId) drawn = true;
      else if (step.type === "delay") afterSeconds += step.seconds ?? 0;
      else if (step.type === "channel")
        sends.push({ step: step.id, channel: step.channel ?? "email", afterSeconds, drawn });
      else {
        const branch = holds(step.id, intent, person, recorded);
        if (branch !== undefined) walk((branch ? step.then : step.else) ?? []);
      }
    }
  };
  walk(workflows[workflow]?.steps ?? []);
  return sends;
}

/** Workflows that an event of this name starts. */
export function workflowsOf(event: string): string[] {
  return Object.keys(workflows).filter((key) => workflows[key]?.event === event);
}
