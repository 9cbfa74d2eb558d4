import type { CampaignProgress, CampaignState } from "@tidings/contract/campaigns";
import type { EventState } from "@tidings/contract/words";
import { decisionWords } from "./policy/decision-words.ts";

/** What is known of a campaign, as far as its progress tells. */
export interface CampaignFacts {
  total: number | null;
  eventState: EventState;
  scheduledAt: number | null;
  canceledAt: number | null;
  pausedAt: number | null;
  resumedAt: number | null;
  hasParts: boolean;
  isOpen: boolean;
  counts: readonly { metric: string; minute: number; value: number }[];
}

/** Minutes by which the rate is told. */
export const rateMinutes = 5;
const minuteMs = 60_000;
const failures = ["failed", "soft_bounced", "bounced", "dead", "unknown"];
/** States of messages that were made and not sent. */
const endings: Readonly<Record<string, string>> = {
  suppressed: "Held back: the address is suppressed, or the recipient has opted out",
  expired: "Not sent: its time had run out",
  canceled: "Canceled before it went out",
};

export function campaignState(facts: CampaignFacts, now: number): CampaignState {
  if (facts.eventState === "canceled" || facts.canceledAt !== null) return "canceled";
  if (facts.eventState === "dead") return "failed";
  if (isPaused(facts)) return "paused";
  if (facts.eventState === "accepted") return (facts.scheduledAt ?? 0) > now ? "scheduled" : "running";
  if (facts.hasParts) return "running";
  return facts.isOpen ? "sending" : "done";
}

/** What it has made by then goes on; with all taken in there is nothing left to pause. */
const isPaused = ({ pausedAt, eventState, hasParts }: CampaignFacts): boolean =>
  pausedAt !== null && (eventState === "accepted" || hasParts);

export function campaignProgress(facts: CampaignFacts, now: number): CampaignProgress {
  const sums = new Map(facts.counts.filter(({ minute }) => minute === 0).map(({ metric, value }) => [metric, value]));
  const sum = (...metrics: readonly string[]) => metrics.reduce((all, metric) => all + (sums.get(metric) ?? 0), 0);
  const messages = sum("queued");
  const looked = sum("looked");
  const isExpanded = facts.eventState !== "accepted" && !facts.hasParts;
  const total = isExpanded ? looked : (facts.total ?? undefined);
  // What is replayed leaves its queue twice, and feedback may say that what was sent has failed.
  const done = Math.min(messages, sum("sent", "failed", "dead", "unknown", "suppressed", "expired", "canceled"));
  const ratePerSecond = rateOf(facts.counts, now, facts.pausedAt ?? facts.resumedAt ?? 0);
  const expected = isExpanded
    ? messages
    : total === undefined || looked === 0
      ? undefined
      : (messages * total) / looked;
  const left = expected === undefined ? undefined : Math.max(0, expected - done);
  return {
    total,
    looked,
    recipients: sum("recipients"),
    messages,
    done,
    sent: sum("sent"),
    delivered: sum("delivered"),
    opened: sum("opened"),
    clicked: sum("clicked"),
    failed: sum(...failures),
    skipped: skippedOf(sums),
    ratePerSecond,
    secondsLeft: isPaused(facts) ? undefined : secondsLeft(left, ratePerSecond),
  };
}

function secondsLeft(left: number | undefined, ratePerSecond: number): number | undefined {
  if (left === 0) return 0;
  return left === undefined || ratePerSecond === 0 ? undefined : Math.ceil(left / ratePerSecond);
}

/** From the first of the latest minutes in which anything left its queue until now; none before that of `from`, ms. */
export function rateOf(counts: CampaignFacts["counts"], now: number, from = 0): number {
  const firstMinute = Math.max(now / minuteMs - rateMinutes, Math.floor(from / minuteMs) - 1);
  const recent = counts.filter(({ minute }) => minute > firstMinute);
  const first = Math.min(...recent.map(({ minute }) => minute));
  if (recent.length === 0) return 0;
  const seconds = Math.max(1, (now - Math.max(from, first * minuteMs)) / 1000);
  return Math.round((recent.reduce((all, { value }) => all + value, 0) / seconds) * 10) / 10;
}

function skippedOf(sums: ReadonlyMap<string, number>): CampaignProgress["skipped"] {
  const skipped: CampaignProgress["skipped"] = [];
  for (const [metric, count] of sums) {
    const reason = metric.startsWith("skipped:") ? metric.slice("skipped:".length) : undefined;
    if (reason !== undefined) skipped.push({ reason, text: wordsOf(reason), count });
    else if (metric in endings) skipped.push({ reason: metric, text: endings[metric] ?? metric, count });
  }
  return skipped.sort((a, b) => b.count - a.count);
}

const wordsOf = (reason: string): string =>
  decisionWords({ outcome: "not_sent", reason, rule: "", detail: "", channel: "", workflow: "" });
