import type { Lane } from "@tidings/contract/words";
import type { WaitReason } from "@tidings/contract/workers";
import type { IntegrationConfiguration } from "../../ports/configuration.ts";

/** What is in memory for one integration, and why it waits there. */
export interface IntegrationLoad {
  integration: IntegrationConfiguration;
  /** Of the messages that wait. */
  lanes: readonly Lane[];
  waiting: number;
  inFlight: number;
  /** Undefined where nothing waits, or is about to go. */
  reason: WaitReason | undefined;
}

/** What the deliver stage of this process has in hand. */
export interface DeliverLoad {
  inFlight: number;
  buffers: readonly IntegrationLoad[];
}

/** The fullest integrations, by what waits and then by what is under way; none that have nothing. */
export function fullest(loads: readonly IntegrationLoad[], max: number): IntegrationLoad[] {
  return loads
    .filter(({ waiting, inFlight }) => waiting > 0 || inFlight > 0)
    .toSorted((a, b) => b.waiting - a.waiting || b.inFlight - a.inFlight)
    .slice(0, max);
}
