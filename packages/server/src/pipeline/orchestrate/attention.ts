import type { AttentionClaim } from "../../domain/attention.ts";
import type { TimingRules } from "../../domain/send-time.ts";
import type { Configuration } from "../../ports/configuration.ts";
import type { Person } from "./person.ts";
import type { OrchestrateLimits } from "./ports.ts";
import { capsOf, levelsOf, rulesOf, zoneOf } from "./timing-levels.ts";

export interface AttentionSource {
  configuration: Pick<Configuration, "category">;
  limits: Pick<OrchestrateLimits, "attentionEntriesMax" | "attentionHorizonMs">;
}

/** What a message claims of its recipient's attention; null where no cap counts it. */
export function attentionOf(
  source: AttentionSource,
  message: { environmentId: number; category: string },
  isHigh: boolean,
  person: Person,
): AttentionClaim | null {
  const levels = levelsOf(source, message);
  const caps = capsOf(levels);
  if (caps.length === 0) return null;
  const rules = rulesOf(levels);
  return {
    caps,
    isHigh,
    horizonMs: source.limits.attentionHorizonMs,
    entriesMax: source.limits.attentionEntriesMax,
    timing: hasRules(rules) ? { rules, zone: zoneOf(levels, person) } : null,
  };
}

const hasRules = ({ quietHours, sendWindow }: TimingRules): boolean =>
  sendWindow !== undefined || Object.values(quietHours).some((each) => each !== undefined);
