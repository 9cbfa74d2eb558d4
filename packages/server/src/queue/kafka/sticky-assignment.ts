/** What a member of a group has, as it told when it joined. */
export interface Member {
  id: string;
  /** When it was given them, ms since 1970: of two that claim one, the later has it. */
  since: number;
  owned: ReadonlyMap<string, readonly number[]>;
}

export type Assignment = Map<string, Map<string, number[]>>;

/**
 * Shares the partitions of each topic out evenly, and leaves with its owner what it may keep: who keeps a partition goes on
 * with it as if nothing had happened. Those who get one more than others differ from topic to topic.
 */
export function stickyAssignment(members: readonly Member[], topics: ReadonlyMap<string, number>): Assignment {
  const assignment: Assignment = new Map(members.map(({ id }) => [id, new Map()]));
  const total = new Map(members.map(({ id }) => [id, 0]));
  const sorted = [...members].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const topic of [...topics.keys()].sort()) {
    const shares = shareOut(sorted, topic, topics.get(topic) ?? 0, total);
    for (const [id, partitions] of shares) {
      if (partitions.length > 0) assignment.get(id)?.set(topic, partitions);
      total.set(id, (total.get(id) ?? 0) + partitions.length);
    }
  }
  return assignment;
}

function shareOut(
  members: readonly Member[],
  topic: string,
  partitions: number,
  total: ReadonlyMap<string, number>,
): Map<string, number[]> {
  const shares = new Map(members.map(({ id }): [string, number[]] => [id, []]));
  if (members.length === 0) return shares;
  const owner = owners(members, topic, partitions);
  const ownedBy = (id: string): number => owner.filter((each) => each === id).length;
  const floor = Math.floor(partitions / members.length);
  // One more for those who have least so far; among them for those who would have to give one up else.
  const byNeed = [...members].sort(
    (a, b) => (total.get(a.id) ?? 0) - (total.get(b.id) ?? 0) || ownedBy(b.id) - ownedBy(a.id),
  );
  const quota = new Map(byNeed.map(({ id }, index) => [id, floor + (index < partitions % members.length ? 1 : 0)]));
  const free: number[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    const id = owner[partition] ?? "";
    const share = shares.get(id);
    if (share !== undefined && share.length < (quota.get(id) ?? 0)) share.push(partition);
    else free.push(partition);
  }
  for (const { id } of byNeed) {
    const share = shares.get(id) ?? [];
    share.push(...free.splice(0, (quota.get(id) ?? 0) - share.length));
    share.sort((a, b) => a - b);
  }
  return shares;
}

/** Who owned each partition last. */
function owners(members: readonly Member[], topic: string, partitions: number): (string | undefined)[] {
  const owner: (string | undefined)[] = Array.from({ length: partitions });
  for (const member of [...members].sort((a, b) => a.since - b.since)) {
    for (const partition of member.owned.get(topic) ?? []) if (partition < partitions) owner[partition] = member.id;
  }
  return owner;
}
