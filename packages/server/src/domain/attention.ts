import type { CapBody } from "@tidings/contract/caps";
import type { AttentionEntry } from "./attention-entry.ts";
import { holdsOn } from "./holds-on.ts";
import { sendTime, type TimingRules } from "./send-time.ts";
import { fits } from "./sliding-window.ts";

/** A cap, and whose messages it counts. */
export interface Cap extends CapBody {
  level: "category" | "tenant" | "environment";
}

/** What a message asks of its recipient's attention. */
export interface AttentionClaim {
  /** One object for all messages that have the same. */
  caps: readonly Cap[];
  isHigh: boolean;
  /** A message waits for a place for so long at most. */
  horizonMs: number;
  /** Entries that are kept of one recipient. */
  entriesMax: number;
  /** A place in quiet hours is none. */
  timing: { rules: TimingRules; zone: string } | null;
}

/** A message that claims a place. */
export type Claimant = Omit<AttentionEntry, "countsUntil" | "isHigh"> & {
  expiresAt: number | null;
  /** A digest would take it. */
  mayGather?: boolean;
};

export type Admission =
  | { outcome: "admitted" }
  | { outcome: "deferred"; at: number; cap: Cap }
  /** It joins a digest in place of going out, and takes no place. */
  | { outcome: "gathered"; cap: Cap }
  | { outcome: "dropped"; cap: Cap };

/** Processes whose clocks differ by less may claim places of one recipient. */
export const clockSlackMs = 60_000;
export const admitted: Admission = { outcome: "admitted" };

/**
 * Whether a message has a place among what its recipient has got and is to get, and the entries with it. No stretch of
 * time that is as long as a cap's window ever holds more than its limit, whether it lies behind, ahead, or on both sides. What is
 * critical always has a place, and takes one from the others.
 */
export function admit(
  entries: readonly AttentionEntry[],
  claimant: Claimant,
  claim: AttentionClaim,
  now: number,
): { admission: Admission; entries: readonly AttentionEntry[] } {
  const known = entries.find(({ id }) => id === claimant.id);
  if (known !== undefined) return { admission: knownAdmission(known, claimant, claim), entries };
  const counted = kept(entries, now, claim.entriesMax);
  const taken = (at: number) => [...counted, entryOf(claimant, claim, at)];
  if (claimant.lane === "critical") return { admission: admitted, entries: taken(claimant.at) };
  const full = counted.length >= claim.entriesMax ? claim.caps[0] : undefined;
  const over = claim.caps.filter((cap) => cap === full || !hasPlace(counted, claimant, claim, cap, claimant.at));
  const [first] = over;
  if (first === undefined) return { admission: admitted, entries: taken(claimant.at) };
  const toGather = claimant.mayGather === true ? over.find((each) => each.over === "digest") : undefined;
  const cap = over.find((each) => each.over === "drop") ?? toGather ?? first;
  if (cap === toGather) return { admission: { outcome: "gathered", cap }, entries: counted };
  const at = cap.over === "drop" || full !== undefined ? undefined : placeBehind(counted, claimant, claim);
  if (at === undefined) return { admission: { outcome: "dropped", cap }, entries: counted };
  return { admission: { outcome: "deferred", at, cap }, entries: taken(at) };
}

/** The turn runs again: the message has the place that it got. */
function knownAdmission(known: AttentionEntry, claimant: Claimant, { caps: [cap] }: AttentionClaim): Admission {
  return cap === undefined || known.at <= claimant.at ? admitted : { outcome: "deferred", at: known.at, cap };
}

/** What still counts. Of what is critical, which no cap bounds, the latest where there is too much. */
function kept(entries: readonly AttentionEntry[], now: number, entriesMax: number): readonly AttentionEntry[] {
  const counting = entries.filter(({ countsUntil }) => countsUntil + clockSlackMs > now);
  let spare = counting.length - entriesMax + 1;
  return spare <= 0 ? counting : counting.filter(({ lane }) => lane !== "critical" || spare-- <= 0);
}

export function entryOf(
  { id, channel, lane, category, tenant }: Claimant,
  { caps, isHigh }: AttentionClaim,
  at: number,
): AttentionEntry {
  let windowSeconds = 0;
  for (const cap of caps) if (cap.windowSeconds > windowSeconds) windowSeconds = cap.windowSeconds;
  return { id, at, countsUntil: at + windowSeconds * 1000, channel, lane, isHigh, category, tenant };
}

function counts(cap: Cap, entry: Claimant | AttentionEntry, claimant: Claimant): boolean {
  if (!holdsOn(cap, entry.channel)) return false;
  if (cap.level === "category") return entry.category === claimant.category;
  return cap.level === "environment" || entry.tenant === claimant.tenant;
}

/** Beyond one category, what is of a more urgent class than marketing matters too. */
function matters(cap: Cap, { lane, isHigh }: Pick<AttentionEntry, "lane" | "isHigh">): boolean {
  return isHigh || lane === "critical" || (cap.level !== "category" && lane === "transactional");
}

function hasPlace(
  entries: readonly AttentionEntry[],
  claimant: Claimant,
  claim: AttentionClaim,
  cap: Cap,
  at: number,
): boolean {
  if (!counts(cap, claimant, claimant)) return true;
  const same = entries.filter((entry) => counts(cap, entry, claimant));
  const windowMs = cap.windowSeconds * 1000;
  if (!fits(same, at, cap.limit, windowMs)) return false;
  if (cap.reserve === undefined || matters(cap, { lane: claimant.lane, isHigh: claim.isHigh })) return true;
  const ordinary = same.filter((entry) => !matters(cap, entry));
  return fits(ordinary, at, cap.limit - cap.reserve, windowMs);
}

/** The first moment at which all caps have a place: one at which something leaves a window. */
function placeBehind(
  entries: readonly AttentionEntry[],
  claimant: Claimant,
  claim: AttentionClaim,
): number | undefined {
  const { caps, horizonMs } = claim;
  const last = Math.min(claimant.at + horizonMs, (claimant.expiresAt ?? Number.POSITIVE_INFINITY) - 1);
  const leaving = caps.flatMap((cap) => entries.map((entry) => entry.at + cap.windowSeconds * 1000));
  for (const left of [...new Set(leaving)].sort((a, b) => a - b)) {
    if (left <= claimant.at) continue;
    const at = awake(left, claimant, claim);
    if (at === undefined || at > last) return undefined;
    if (caps.every((cap) => hasPlace(entries, claimant, claim, cap, at))) return at;
  }
  return undefined;
}

/** The same moment, or where quiet hours let go behind it. */
function awake(at: number, { id, lane, channel, expiresAt }: Claimant, { timing }: AttentionClaim): number | undefined {
  if (timing === null) return at;
  const time = sendTime({ ...timing, now: at, lane, channel, key: id, spreadMs: 0, expiresAt });
  return time.outcome === "never" ? undefined : time.outcome === "deferred" ? time.dueAt : at;
}
