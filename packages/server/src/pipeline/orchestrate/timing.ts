import type { Channel, Lane } from "@tidings/contract/words";
import { type SendTime, sendTime } from "../../domain/send-time.ts";
import type { OrchestrateLimits } from "./limits.ts";
import type { Person } from "./person.ts";
import type { Judged } from "./policy.ts";
import { type Levelled, type LevelsSource, levelsOf, rulesOf, zoneOf } from "./timing-levels.ts";

export interface TimingSource extends LevelsSource {
  limits: Pick<OrchestrateLimits, "deferralSpreadMs">;
}

/** What of a message decides when it goes out. */
export interface Timed extends Levelled {
  id: string;
  lane: Lane;
  channel: Channel;
  now: number;
  expiresAt: number | null;
}

/** When a message goes out, by the rules of each level and the recipient's clock. */
export function timingOf(source: TimingSource, timed: Timed, person: Person): SendTime {
  const levels = levelsOf(source, timed, person);
  const { id: key, lane, channel, now, expiresAt } = timed;
  const spreadMs = source.limits.deferralSpreadMs;
  const zone = zoneOf(levels, person);
  return sendTime({ now, rules: rulesOf(levels), zone, lane, channel, key, spreadMs, expiresAt });
}

/** Which rule put a message off, in words. */
export function ruleText(timing: Exclude<SendTime, { outcome: "now" }>): string {
  const { level, window } = timing.rule;
  const days = window.days === undefined ? "" : ` ${window.days.join(",")}`;
  const until = timing.outcome === "deferred" ? ` until ${new Date(timing.until).toISOString()}` : "";
  return `${level}: ${window.from}-${window.to}${days}${until}`;
}

/**
 * JSON of the decisions of a message that goes out: `because` it was asked for, and put off where a rule says so. By hand, as
 * it is the same text for nearly all of them. `fallbackOf`: in place of which step.
 */
export function sentDecisions(
  because: string,
  timing: SendTime,
  judged: Judged | undefined,
  now: number,
  fallbackOf?: string | undefined,
): string {
  const made =
    judged === undefined ? "" : `"rule":"${judged.verdict.rule}","versions":${judged.versions},${ungathered(judged)}`;
  const first =
    fallbackOf === undefined
      ? ""
      : `${JSON.stringify({ outcome: "fallback", reason: "fallback_of", detail: fallbackOf, at: now })},`;
  const sent = `${first}{"outcome":"send","reason":"${because}",${made}"at":${now}}`;
  if (timing.outcome !== "deferred") return `[${sent}]`;
  const deferred = { outcome: "deferred", reason: timing.rule.kind, detail: ruleText(timing), at: now };
  return `[${sent},${JSON.stringify(deferred)}]`;
}

/** Somebody who asked for a digest is told that this message is in none. */
function ungathered({ verdict }: Judged): string {
  return verdict.outcome === "digest" ? `"detail":"${verdict.frequency}",` : "";
}
