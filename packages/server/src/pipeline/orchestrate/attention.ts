import type { Channel } from "@tidings/contract/words";
import type { AttentionClaim } from "../../domain/attention.ts";
import { holdsOn } from "../../domain/holds-on.ts";
import type { TimingRules } from "../../domain/send-time.ts";
import type { OrchestrateLimits } from "./limits.ts";
import type { Person } from "./person.ts";
import { capsOf, type Levelled, type LevelsSource, levelsOf, rulesOf, zoneOf } from "./timing-levels.ts";

export interface AttentionSource extends LevelsSource {
  limits: Pick<OrchestrateLimits, "attentionEntriesMax" | "attentionHorizonMs">;
}

/** What a message claims of its recipient's attention; null where no cap counts it. */
export function attentionOf(
  source: AttentionSource,
  message: Levelled & { channel: Channel },
  isHigh: boolean,
  person: Person,
): AttentionClaim | null {
  const levels = levelsOf(source, message, person);
  const caps = capsOf(levels);
  if (!caps.some((cap) => holdsOn(cap, message.channel))) return null;
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
