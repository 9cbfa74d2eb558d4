import type { Channel } from "@tidings/contract/words";
import { countryOfAddress } from "./address-group.ts";
import { millionths } from "./allowance.ts";
import { type Candidate, priceOf } from "./route.ts";

/** Spend is counted in millionths of the unit that prices are in: sums of them are exact. */
export const spendUnit = 1_000_000;

interface Attempted {
  channel: Channel;
  /** Address in clear; undefined where it is gone. */
  to: string | undefined;
  /** The recipient's own, ISO 3166-1 alpha-2. */
  country: string | undefined;
  outcome: "accepted" | "rejected" | "unknown";
  /** The vendor drops a repetition, and it will be repeated. */
  repeats: boolean;
}

/**
 * What an attempt may have cost, in millionths. One whose end is unknown counts too: a vendor that took it asks for the money. Not
 * where it is repeated at a vendor that tells repetitions: then the last one counts.
 */
export function attemptCost(integration: Candidate, { channel, to, country, outcome, repeats }: Attempted): number {
  if (integration.document.price === undefined || outcome === "rejected") return 0;
  if (outcome === "unknown" && repeats) return 0;
  const destination = to === undefined ? country : countryOfAddress(channel, to, country);
  return millionths(priceOf(integration, destination));
}
