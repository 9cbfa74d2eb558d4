import type { DayReason } from "@tidings/contract/allowances";
import type { Lane } from "@tidings/contract/words";
import { countryOfAddress } from "../../domain/address-group.ts";
import { budgetAllowance, integrationAllowance, millionths, unbounded } from "../../domain/allowance.ts";
import type { Delivery } from "../../domain/delivery.ts";
import { priceOf } from "../../domain/route.ts";
import type { IntegrationConfiguration } from "../../ports/configuration.ts";
import type { WarmUpStand } from "./warm-ups.ts";

/** What an attempt takes of one allowance. */
export interface Claim {
  key: string;
  count: number;
  max: number;
  /** The bound where this message passes `max`. */
  over?: number;
  /** What it is held back by where nothing is left. */
  reason: DayReason;
}

/** Whether anything is to be taken of allowances for attempts by an integration. */
export function isTolled({ document: { limits, warmUp, price } }: IntegrationConfiguration): boolean {
  return limits?.perDay !== undefined || warmUp !== undefined || price !== undefined;
}

/**
 * Of an integration's own allowance; undefined where nothing bounds it. What is critical passes the warm-up's bound, as a code that
 * does not come harms more than a plan that is passed; it does not pass `perDay`, above which the vendor itself takes nothing or
 * asks for more than was agreed.
 */
export function quotaClaim(
  { key, document: { limits, warmUp } }: IntegrationConfiguration,
  lane: Lane,
  stand: WarmUpStand | undefined,
): Claim | undefined {
  if (limits?.perDay === undefined && warmUp === undefined) return undefined;
  const perDay = limits?.perDay ?? unbounded;
  const cap = stand?.isStopped === true ? 0 : (stand?.cap ?? unbounded);
  const claim = { key: integrationAllowance(key), count: 1, max: Math.min(perDay, cap) };
  if (cap >= perDay) return { ...claim, reason: "quota_reached" };
  if (lane === "critical") return { ...claim, over: perDay, reason: "quota_reached" };
  return { ...claim, reason: stand?.isStopped === true ? "warm_up_stopped" : "warm_up_reached" };
}

/** What an attempt costs, in millionths; 0 where its integration has no price. */
export function costOf(integration: IntegrationConfiguration, { origin, to, recipient }: Delivery): number {
  if (integration.document.price === undefined) return 0;
  return millionths(priceOf(integration, countryOfAddress(origin.channel, to, recipient.country)));
}

/** Of the environment's budget (tenant empty) or a tenant's. What is critical is counted, and never held back. */
export function budgetClaim(cost: number, tenant: string, perDay: number, lane: Lane): Claim {
  const claim = { key: budgetAllowance(tenant), count: cost, max: millionths(perDay) };
  return { ...claim, reason: "budget_reached", ...(lane === "critical" ? { over: unbounded } : {}) };
}
