import { type MarketingGuard, marketingGuardSchema } from "@tidings/contract/marketing-guard";
import type { PolicyBody } from "@tidings/contract/policies";

/** What became of the marketing by one integration, in messages. */
export interface MarketingFigures {
  sent: number;
  delivered: number;
  bounced: number;
  complained: number;
}

export const guardCauses = ["complaints", "bounces"] as const;
export type GuardCause = (typeof guardCauses)[number];

/** What goes beyond the rule: `count` among `among`. */
export interface Breach {
  cause: GuardCause;
  count: number;
  among: number;
}

/** The rule in force; undefined where an environment wants none. */
export function guardRule(policy: PolicyBody | undefined): MarketingGuard | undefined {
  const rule = policy?.marketingGuard ?? marketingGuardSchema.parse({});
  return rule.enabled ? rule : undefined;
}

/**
 * Why marketing is to be paused; undefined where it may go on. Complaints are a share of what arrived. Where nobody tells of
 * deliveries, as in plain SMTP, that is what was sent and did not bounce.
 */
export function breachOf(
  { sent, delivered, bounced, complained }: MarketingFigures,
  { complaintRateMax, bounceRateMax, messagesMin, reportsMin }: MarketingGuard,
): Breach | undefined {
  const isBeyond = (count: number, among: number, rateMax: number): boolean =>
    among >= messagesMin && count >= reportsMin && count * 100 > among * rateMax;
  const arrived = Math.max(delivered, sent - bounced);
  if (isBeyond(complained, arrived, complaintRateMax))
    return { cause: "complaints", count: complained, among: arrived };
  return isBeyond(bounced, sent, bounceRateMax) ? { cause: "bounces", count: bounced, among: sent } : undefined;
}

/** Reason of the pause: what was counted, and what would have been borne. */
export function breachText({ cause, count, among }: Breach, rule: MarketingGuard): string {
  const share = ((count * 100) / among).toFixed(2);
  const max = cause === "complaints" ? rule.complaintRateMax : rule.bounceRateMax;
  return `${count} ${cause} of ${among} messages (${share} %) within ${rule.hours} h: more than ${max} %`;
}
