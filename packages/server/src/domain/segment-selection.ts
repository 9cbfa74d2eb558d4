import type { SegmentCondition } from "@tidings/contract/segments";
import { parseProfile } from "./recipient-view.ts";
import { askedSince, daysAsked, isMember, type Member, type MemberMessage, readsAttributes } from "./segment.ts";

/** A recipient's row, as far as segments read it. */
interface Row {
  id: string;
  record: { profile: string; sealed: string; wrappedKey: string } | null;
}

/** What deciding who is in a segment has to ask. */
export interface SegmentQuestions<Record> {
  /** Attributes, sealed ones too; throws where they do not open. */
  attributesOf(record: Record): Member["attributes"];
  /** Along the recipients: the newest messages of each since then. */
  recentOf(recipients: readonly string[], since: number): Promise<readonly (readonly MemberMessage[])[]>;
}

export interface Selection<Row> {
  members: Row[];
  /** Ids of those whose data does not open. */
  unreadable: string[];
}

/** Of so many recipients messages are read together: looks over 90 days of the embedded store take 4 ms each, and hold others up. */
const askedOfTogether = 4;

/**
 * Those of the rows who are in the last segment and in none of those before it. Data is opened only where a test reads it, and
 * messages are read only of those for whom they decide.
 */
export async function selectMembers<Known, One extends Row & { record: Known | null }>(
  segments: readonly SegmentCondition[],
  rows: readonly One[],
  ask: SegmentQuestions<Known>,
  now: number,
): Promise<Selection<One>> {
  const where = only(segments);
  const opens = readsAttributes(where);
  const unreadable: string[] = [];
  const open: { row: One; member: Member }[] = [];
  const members = new Set<One>();
  for (const row of rows) {
    if (row.record === null) continue;
    const member = memberOf(row, row.record, opens ? ask : undefined);
    if (member === undefined) {
      unreadable.push(row.id);
      continue;
    }
    const isIn = isMember(where, member, undefined, now);
    if (isIn === true) members.add(row);
    if (isIn === undefined) open.push({ row, member });
  }
  if (open.length > 0) {
    const since = askedSince(daysAsked(where), now);
    for (let start = 0; start < open.length; start += askedOfTogether) {
      const some = open.slice(start, start + askedOfTogether);
      const recent = await ask.recentOf(
        some.map(({ row }) => row.id),
        since,
      );
      for (const [index, { row, member }] of some.entries())
        if (isMember(where, member, recent[index] ?? [], now) === true) members.add(row);
    }
  }
  return { members: rows.filter((row) => members.has(row)), unreadable };
}

/** In the last, and not in those before it. */
function only(segments: readonly SegmentCondition[]): SegmentCondition {
  const last = segments.at(-1);
  if (last === undefined) throw new RangeError("there is no segment to select by");
  return { all: [last, ...segments.slice(0, -1).map((earlier) => ({ not: earlier }))] };
}

function memberOf<Known>(
  { id }: Row,
  record: NonNullable<Row["record"]> & Known,
  ask: SegmentQuestions<Known> | undefined,
): Member | undefined {
  try {
    const { locale, timeZone, tenant, country } = parseProfile(record.profile);
    return { id, locale, timeZone, tenant, country, attributes: ask?.attributesOf(record) ?? {} };
  } catch {
    return undefined;
  }
}
