import type { PolicyBody } from "@tidings/contract/policies";
import { softBouncesCountMax, softBouncesDaysMax, softBouncesSchema } from "@tidings/contract/soft-bounces";
import type { Channel } from "@tidings/contract/words";

/** An address is suppressed where `count` of its messages soft-bounced within `days`, with nothing delivered in between. */
export interface SoftBounceRule {
  count: number;
  days: number;
}

/** A message that soft-bounced; the latest time where that was told several times. */
export interface SoftBounce {
  messageId: string;
  /** ms. */
  at: number;
}

/**
 * What is known of an address: when something was last delivered (ms; null for never), and the messages that soft-bounced since,
 * newest first. What is told is such a state itself, and is joined to what was known. `joined` is commutative, associative and
 * idempotent, so that no order and no repetition of reports makes a difference. Where nothing is delivered, the latest
 * `bouncesMax` messages are kept: a run among more than those would have ended what goes to the address long before.
 */
export interface SoftBounces {
  deliveredAt: number | null;
  bounces: readonly SoftBounce[];
}

const dayMs = 86_400_000;
export const bouncesMax = 2 * softBouncesCountMax;
/** How long a delivery is kept of an address that has not soft-bounced since: reports come no later than that. */
const deliveryKeptMs = 7 * dayMs;
const bouncesKeptMs = (softBouncesDaysMax + 7) * dayMs;

export const nothingTold: SoftBounces = { deliveredAt: null, bounces: [] };

/** The rule in force; undefined where an environment has none. */
export function softBounceRule(policy: PolicyBody | undefined): SoftBounceRule | undefined {
  const rule = policy?.softBounces ?? softBouncesSchema.parse({});
  return rule.count === 0 ? undefined : rule;
}

/** In an inbox everything arrives. */
export const canSoftBounce = (channel: Channel): boolean => channel !== "in_app";

export function joined(one: SoftBounces, other: SoftBounces): SoftBounces {
  const deliveredAt = latest(one.deliveredAt, other.deliveredAt);
  const since = deliveredAt ?? Number.NEGATIVE_INFINITY;
  const byMessage = new Map<string, SoftBounce>();
  for (const bounce of [...one.bounces, ...other.bounces]) {
    const known = byMessage.get(bounce.messageId);
    if (bounce.at > since && (known === undefined || known.at < bounce.at)) byMessage.set(bounce.messageId, bounce);
  }
  return { deliveredAt, bounces: [...byMessage.values()].sort(newestFirst).slice(0, bouncesMax) };
}

/** Whether so many messages in a row lie near enough to each other. */
export function isSoftBouncing({ bounces }: SoftBounces, { count, days }: SoftBounceRule): boolean {
  return bounces.some(({ at }, index) => {
    const first = bounces[index + count - 1];
    return first !== undefined && at - first.at <= days * dayMs;
  });
}

/** What follows from a change of what is known: nothing where that is as it was, so that what is told again undoes nobody's release. */
export function verdictOf(
  before: SoftBounces,
  after: SoftBounces,
  rule: SoftBounceRule,
): "suppress" | "lift" | undefined {
  if (writeBounces(before.bounces) === writeBounces(after.bounces)) return undefined;
  if (isSoftBouncing(after, rule)) return "suppress";
  return isSoftBouncing(before, rule) ? "lift" : undefined;
}

/** Whether what is known matters no more: no report comes so late. */
export function isForgotten({ deliveredAt, bounces: [newest] }: SoftBounces, now: number): boolean {
  return newest === undefined ? (deliveredAt ?? 0) + deliveryKeptMs < now : newest.at + bouncesKeptMs < now;
}

/** A line each, newest first, with the time in front: SQL reads the newest time off the text (`store/sql/soft-bounces.ts`). */
export function writeBounces(bounces: readonly SoftBounce[]): string {
  return bounces.map(({ at, messageId }) => `${at} ${messageId}`).join("\n");
}

export function readBounces(text: string): SoftBounce[] {
  if (text === "") return [];
  return text.split("\n").map((line) => {
    const [at, messageId = ""] = line.split(" ");
    return { messageId, at: Number(at) };
  });
}

function newestFirst(one: SoftBounce, other: SoftBounce): number {
  return other.at - one.at || (one.messageId < other.messageId ? 1 : -1);
}

function latest(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}
