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
  const zone = zoneOf(levels, person);
  const { attentionHorizonMs: horizonMs, attentionEntriesMax: entriesMax } = source.limits;
  const known = last.claim;
  const isSame =
    known.caps === caps &&
    known.isHigh === isHigh &&
    known.horizonMs === horizonMs &&
    known.entriesMax === entriesMax &&
    last.rules === rules &&
    last.zone === zone;
  if (isSame) return known;
  const claim = { caps, isHigh, horizonMs, entriesMax, timing: hasRules(rules) ? { rules, zone } : null };
  last = { claim, rules, zone };
  return claim;
}

/** Of the last message: most of a turn claim the same, which then crosses threads once. */
let last: { claim: AttentionClaim; rules: TimingRules; zone: string } = {
  claim: { caps: [], isHigh: false, horizonMs: 0, entriesMax: 0, timing: null },
  rules: { quietHours: {}, sendWindow: undefined },
  zone: "",
};

const hasRules = ({ quietHours, sendWindow }: TimingRules): boolean =>
  sendWindow !== undefined || Object.values(quietHours).some((each) => each !== undefined);
