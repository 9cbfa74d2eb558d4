import type { DayReason } from "@tidings/contract/allowances";
import type { Lane } from "@tidings/contract/words";
import type { Pause } from "../../domain/pause.ts";
import type { Passes } from "../../domain/route.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Configuration, IntegrationConfiguration } from "../../ports/configuration.ts";
import type { PausesInForce } from "../../ports/pauses.ts";

export interface RouterParts {
  configuration: Pick<Configuration, "integrations" | "policy"> & Pick<PausesInForce, "pauses">;
  clock: Clock;
  /** Which addresses are of the vendor's kind; undefined where all are. */
  servesOf: (provider: string) => ((to: string) => boolean) | undefined;
}

/** Which integrations take no more of a lane today. */
export interface DayBounds {
  holdsBack(integration: IntegrationConfiguration, lane: Lane): DayReason | undefined;
}

/** Where a message goes. */
export interface Route {
  integration: IntegrationConfiguration;
  passes: Passes;
  /** How many might carry it. */
  among: number;
}

/** It goes nowhere for now: this keeps it. */
export interface Kept {
  pause: Pause;
}
