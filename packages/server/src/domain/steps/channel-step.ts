import { type ChannelStep, channelStepSchema } from "@tidings/contract/sending-steps";
import type { StepDefinition, StepKind } from "./step-kind.ts";

/** Fields of steps by the step of a workflow's document that they were read from; gone with it. */
const read = new WeakMap<StepDefinition, ChannelStep>();

function fieldsOf(step: StepDefinition): ChannelStep {
  const known = read.get(step);
  if (known !== undefined) return known;
  const fields = channelStepSchema.parse(step);
  read.set(step, fields);
  return fields;
}

export const channelStep: StepKind = {
  type: "channel",
  evaluate(step) {
    const { channel, template, collapseKey, fallback } = fieldsOf(step);
    return { kind: "send", channel, template, collapseKey, fallback };
  },
};
