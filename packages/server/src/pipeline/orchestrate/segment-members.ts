import type { SegmentCondition } from "@tidings/contract/segments";
import type { Lane } from "@tidings/contract/words";
import { type SegmentQuestions, selectMembers } from "../../domain/segment-selection.ts";
import type { RecipientRecord } from "../../ports/store/orchestrate.ts";
import type { SegmentStore } from "../../ports/store/segments.ts";
import type { AudienceStore, Subscriber } from "../../ports/store/topics.ts";
import type { PersonCache } from "./person-cache.ts";
import type { OrchestrateDependencies } from "./ports.ts";

export type MemberSource = Pick<OrchestrateDependencies, "clock" | "limits" | "configuration" | "keyring"> & {
  store: Pick<AudienceStore, "readSubscribers"> & SegmentStore;
};

/** Where a search for a segment's members stands, and what for. */
export interface MemberSearch {
  environmentId: number;
  segment: string;
  /** Topics and segments of the same event whose people have had their turn. */
  topicsBefore: readonly string[];
  segmentsBefore: readonly string[];
  after: string;
  /** Recipients that one call looks at. */
  limit: number;
  lane: Lane;
}

export interface MembersFound {
  /** Recipients that were looked at; fewer than were asked for at the end. */
  passed: readonly Subscriber[];
  members: readonly Subscriber[];
  /** Ids of those whose data does not open. */
  unreadable: readonly string[];
}

/** Who of the environment's next recipients is in a segment. Undefined where there is no such segment. */
export async function segmentMembers(
  on: MemberSource,
  persons: PersonCache,
  { environmentId, segment, topicsBefore, segmentsBefore, after, limit, lane }: MemberSearch,
): Promise<MembersFound | undefined> {
  const { store, configuration, keyring, clock, limits } = on;
  const whereOf = (key: string): SegmentCondition | undefined =>
    configuration.segment(environmentId, key)?.document.where;
  const where = whereOf(segment);
  if (where === undefined) return undefined;
  const earlier = segmentsBefore.flatMap((key) => whereOf(key) ?? []);
  const passed = await store.readRecipients({ environmentId, after, limit, before: topicsBefore, lane });
  const rows = passed.filter(({ isRepeated }) => !isRepeated);
  const ask: SegmentQuestions<RecipientRecord> = {
    attributesOf: (record) => persons.open(record, keyring).facts.attributes,
    recentOf: (recipients, since) =>
      store.memberMessages({ environmentId, recipients, since, limit: limits.segmentMessagesMax, lane }),
  };
  return { passed, ...(await selectMembers([...earlier, where], rows, ask, clock.now())) };
}
