import { sendingOf } from "@tidings/contract/sending-step";
import type { Lane } from "@tidings/contract/words";
import { placedSteps } from "@tidings/contract/workflow-steps";
import type { WorkflowBody } from "@tidings/contract/workflows";
import type { ChannelUse } from "./facts.ts";

/** The channels that workflows send by, with the lanes of their categories; each once. */
export function channelUses(workflows: readonly WorkflowBody[], laneOf: (category: string) => Lane): ChannelUse[] {
  const uses = new Map<string, ChannelUse>();
  for (const { category, steps } of workflows) {
    const lane = laneOf(category);
    for (const { step } of placedSteps(steps))
      for (const channel of sendingOf(step)?.channels ?? []) uses.set(`${channel} ${lane}`, { channel, lane });
  }
  return [...uses.values()];
}
