import { type DailyWindowBody, type QuietHours, weekdays } from "@tidings/contract/quiet-hours";
import type { Channel, Lane } from "@tidings/contract/words";
import { holdsOn } from "./holds-on.ts";
import { type DailyWindow, minuteOf, windowEnd, windowStart } from "./local-time.ts";
import { fractionOf } from "./spread-fraction.ts";
import { timeZone } from "./time-zone.ts";

/** Where a rule was set, the nearest to the recipient first: a nearer one replaces the others. */
export const timingLevels = ["recipient", "tenant", "category", "environment"] as const;
export type TimingLevel = (typeof timingLevels)[number];

/** What may put a message off. */
export interface TimingRules {
  quietHours: Partial<Record<TimingLevel, QuietHours | undefined>>;
  /** Of the category: only inside. */
  sendWindow: DailyWindowBody | undefined;
}

export interface SendTimeRequest {
  now: number;
  rules: TimingRules;
  /** IANA name. */
  zone: string;
  lane: Lane;
  channel: Channel;
  /** Id of the message, which alone decides where in `spreadMs` behind the end of a window it goes out. */
  key: string;
  spreadMs: number;
  expiresAt: number | null;
}

export type SendTime =
  | { outcome: "now" }
  /** `until`: when the rule lets go; `dueAt` is somewhat later. */
  | { outcome: "deferred"; dueAt: number; rule: TimingRule; until: number }
  /** It would expire before, or its rules leave no time at all. */
  | { outcome: "never"; reason: string; rule: TimingRule };

export interface TimingRule {
  kind: "quiet_hours" | "send_window";
  level: TimingLevel;
  window: DailyWindowBody;
}

type SomeRules = readonly [TimingRule, ...TimingRule[]];
const isSome = (rules: readonly TimingRule[]): rules is SomeRules => rules.length > 0;

const atOnce: SendTime = { outcome: "now" };
/** Quiet hours and a send window are followed from one to the other for so many changes, which is more than a week's. */
const changesMax = 32;

/** When a message may go out by its rules. What is critical waits for no rule. */
export function sendTime(request: SendTimeRequest): SendTime {
  const { now, lane, channel, expiresAt } = request;
  if (lane === "critical") return atOnce;
  const rules = rulesOf(request.rules, channel);
  if (!isSome(rules)) return atOnce;
  const free = freeFrom(request, rules, now);
  if (free.at === now) return atOnce;
  const { rule } = free;
  if (free.at === undefined) return { outcome: "never", reason: "no_time_to_send", rule };
  if (expiresAt !== null && expiresAt <= free.at) return { outcome: "never", reason: expiredReason[rule.kind], rule };
  return { outcome: "deferred", dueAt: spread(request, rules, free.at), rule, until: free.at };
}

const expiredReason = { quiet_hours: "expires_in_quiet_hours", send_window: "expires_before_send_window" } as const;

/** The nearest level that says something about quiet hours, whichever channels they hold on, and the send window. */
function rulesOf({ quietHours, sendWindow }: TimingRules, channel: Channel): TimingRule[] {
  const rules: TimingRule[] = [];
  for (const level of timingLevels) {
    const window = quietHours[level];
    if (window === undefined) continue;
    if (window !== false && holdsOn(window, channel)) rules.push({ kind: "quiet_hours", level, window });
    break;
  }
  if (sendWindow !== undefined) rules.push({ kind: "send_window", level: "category", window: sendWindow });
  return rules;
}

/** The first instant from `at` on that all rules let pass, and the rule that was the last to stop it. */
function freeFrom(
  { zone }: SendTimeRequest,
  rules: SomeRules,
  at: number,
): { at: number | undefined; rule: TimingRule } {
  const local = timeZone(zone);
  let [rule] = rules;
  let free = at;
  for (let change = 0; change < changesMax; change += 1) {
    const before = free;
    for (const each of rules) {
      const window = windowOf(each.window);
      const next =
        each.kind === "quiet_hours" ? (windowEnd(window, local, free) ?? free) : windowStart(window, local, free);
      if (next === undefined || next === Number.POSITIVE_INFINITY) return { at: undefined, rule: each };
      if (next > free) rule = each;
      free = next;
    }
    if (free === before) return { at: free, rule };
  }
  return { at: undefined, rule };
}

/** So that seven o'clock is no stampede: later by what the key says, halved until the rules and the expiry allow it. */
function spread(request: SendTimeRequest, rules: SomeRules, free: number): number {
  const { key, spreadMs, expiresAt } = request;
  let later = Math.floor(fractionOf(key) * spreadMs);
  for (; later > 0; later = Math.floor(later / 2)) {
    const at = free + later;
    if ((expiresAt === null || at < expiresAt) && freeFrom(request, rules, at).at === at) return at;
  }
  return free;
}

/** Windows by the document that they stand in; gone with it. */
const windows = new WeakMap<DailyWindowBody, DailyWindow>();

function windowOf(body: DailyWindowBody): DailyWindow {
  const known = windows.get(body);
  if (known !== undefined) return known;
  const { from, to, days } = body;
  const window = {
    from: minuteOf(from),
    to: minuteOf(to),
    days: weekdays.map((day) => days === undefined || days.includes(day)),
  };
  windows.set(body, window);
  return window;
}
