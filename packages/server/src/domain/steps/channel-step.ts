import { channelStepSchema } from "@tidings/contract/workflows";
import type { StepKind } from "./step-kind.ts";

export const channelStep: StepKind = {
  type: "channel",
  evaluate(step) {
    const { channel, template } = channelStepSchema.parse(step);
    return { kind: "send", channel, template };
  },
};
