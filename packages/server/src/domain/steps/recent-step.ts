import { type RecentStep, recentStepSchema } from "@tidings/contract/recent-step";
import type { RecentMessage } from "../recent-message.ts";
import { recentResult } from "../recent-result.ts";
import type { StepDefinition, StepKind } from "./step-kind.ts";

const dayMs = 86_400_000;
/** Fields of steps by the step of a workflow's document that they were read from; gone with it. */
const read = new WeakMap<StepDefinition, RecentStep>();

function fieldsOf(step: StepDefinition): RecentStep {
  const known = read.get(step);
  if (known !== undefined) return known;
  const fields = recentStepSchema.parse(step);
  read.set(step, fields);
  return fields;
}

/** How far back a step looks, in ms. */
export const lookBackMs = (step: StepDefinition): number => (fieldsOf(step).days ?? 30) * dayMs;

function fits(message: RecentMessage, { category, channel, workflow }: RecentStep): boolean {
  if (category !== undefined && message.category !== category) return false;
  if (channel !== undefined && message.channel !== channel) return false;
  return workflow === undefined || message.workflow === workflow;
}

/** Where nothing was looked up for it, the run stands still until its own turn has done so. */
export const recentStep: StepKind = {
  type: "recent",
  evaluate(step, { journal, recent, baseTime }) {
    if (Object.hasOwn(journal, step.id)) return { kind: "next" };
    if (recent === undefined) return { kind: "look" };
    const since = baseTime - lookBackMs(step);
    const fields = fieldsOf(step);
    const messages = recent.messages.filter((message) => message.at >= since && fits(message, fields));
    return { kind: "result", value: recentResult(messages, recent.isWhole, baseTime) };
  },
};
