import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Assignment, type Member, stickyAssignment } from "./sticky-assignment.ts";

const topicNames = ["a", "b", "c", "d", "e"];

const member = (id: string, owned: Readonly<Record<string, number[]>> = {}, since = 1): Member => ({
  id,
  since,
  owned: new Map(Object.entries(owned)),
});

const strangers = (...ids: string[]): Member[] => ids.map((id) => member(id));

const sharesOf = (assignment: Assignment, topic: string): number[][] =>
  [...assignment.values()].map((shares) => shares.get(topic) ?? []);

const totalsOf = (assignment: Assignment): number[] =>
  [...assignment.values()].map((shares) => [...shares.values()].flat().length);

/** Members as they rejoin with what they were given. */
const rejoined = (assignment: Assignment, since: number): Member[] =>
  [...assignment].map(([id, owned]) => ({ id, since, owned }));

function differenceOf(counts: readonly number[]): number {
  return Math.max(...counts) - Math.min(...counts);
}

const claims = fc.dictionary(
  fc.constantFrom(...topicNames, "gone"),
  fc.array(fc.integer({ min: -2, max: 30 }), { maxLength: 12 }),
);
const members = fc.uniqueArray(fc.record({ id: fc.string({ minLength: 1, maxLength: 4 }), since: fc.nat(3), claims }), {
  minLength: 1,
  maxLength: 8,
  selector: ({ id }) => id,
});
const topics = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...topicNames), fc.nat(20)), { selector: ([name]) => name })
  .map((list) => new Map(list));
const group = fc
  .tuple(members, topics)
  .map(([list, names]) => ({ members: list.map((one) => member(one.id, one.claims, one.since)), topics: names }));

/** Who has a partition by what was told: the later one, and of two at once the one whose id comes last. */
function ownerOf(list: readonly Member[], topic: string, partition: number): string | undefined {
  const claiming = list.filter(({ owned }) => owned.get(topic)?.includes(partition));
  return claiming.sort((a, b) => b.since - a.since || (a.id < b.id ? 1 : -1))[0]?.id;
}

describe("the assignment of partitions", () => {
  test("gives each partition to exactly one member, whatever they claim", () => {
    fc.assert(
      fc.property(group, (given) => {
        const assignment = stickyAssignment(given.members, given.topics);
        expect([...assignment.keys()].sort()).toEqual(given.members.map(({ id }) => id).sort());
        for (const [topic, partitions] of given.topics) {
          const all = sharesOf(assignment, topic).flat();
          expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: partitions }, (_, index) => index));
        }
        for (const shares of assignment.values())
          for (const topic of shares.keys()) expect(given.topics.has(topic)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("is even within one, for each topic and for all of them", () => {
    fc.assert(
      fc.property(group, (given) => {
        const assignment = stickyAssignment(given.members, given.topics);
        for (const topic of given.topics.keys())
          expect(differenceOf(sharesOf(assignment, topic).map(({ length }) => length))).toBeLessThanOrEqual(1);
        expect(differenceOf(totalsOf(assignment))).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });

  test("leaves with a member what it had, up to its share", () => {
    fc.assert(
      fc.property(group, (given) => {
        const assignment = stickyAssignment(given.members, given.topics);
        for (const [topic, partitions] of given.topics) {
          const owners = Array.from({ length: partitions }, (_, index) => ownerOf(given.members, topic, index));
          for (const [id, shares] of assignment) {
            const share = shares.get(topic) ?? [];
            const kept = share.filter((partition) => owners[partition] === id).length;
            expect(kept).toBe(Math.min(owners.filter((owner) => owner === id).length, share.length));
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test("does not depend on the order of the members or of the topics", () => {
    fc.assert(
      fc.property(
        group.chain((given) =>
          fc.record({
            given: fc.constant(given),
            shuffled: fc.shuffledSubarray(given.members, { minLength: given.members.length }),
          }),
        ),
        ({ given, shuffled }) => {
          const turned = new Map([...given.topics].reverse());
          const inOrder = (assignment: Assignment) =>
            [...assignment].map(([id, shares]) => [id, Object.fromEntries(shares)]).sort();
          expect(inOrder(stickyAssignment(shuffled, turned))).toEqual(
            inOrder(stickyAssignment(given.members, given.topics)),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  test("stays as it is where the same members join again", () => {
    fc.assert(
      fc.property(group, (given) => {
        const first = stickyAssignment(given.members, given.topics);
        expect(stickyAssignment(rejoined(first, 10), given.topics)).toEqual(first);
      }),
      { numRuns: 300 },
    );
  });

  test("moves nothing else when a member leaves than what it had, and what evens out the rest", () => {
    const before = stickyAssignment(strangers("a", "b", "c"), new Map([["t", 12]]));
    const left = rejoined(before, 2).filter(({ id }) => id !== "b");
    const after = stickyAssignment(left, new Map([["t", 12]]));
    for (const { id, owned } of left)
      expect(after.get(id)?.get("t")).toEqual(expect.arrayContaining([...(owned.get("t") ?? [])]));
    expect(totalsOf(after)).toEqual([6, 6]);
  });

  test("takes from each no more than its part when a member joins", () => {
    const names = new Map([["t", 12]]);
    const before = stickyAssignment(strangers("a", "b"), names);
    const after = stickyAssignment([...rejoined(before, 2), member("new", {}, 0)], names);
    expect(totalsOf(after)).toEqual([4, 4, 4]);
    for (const id of ["a", "b"])
      expect(before.get(id)?.get("t")).toEqual(expect.arrayContaining(after.get(id)?.get("t") ?? []));
  });

  test("leaves one more with who has one more, where that is even", () => {
    for (const owner of ["a", "b", "c"]) {
      const list = ["a", "b", "c"].map((id) => member(id, id === owner ? { t: [0] } : {}));
      const assignment = stickyAssignment(list, new Map([["t", 1]]));
      expect(assignment.get(owner)?.get("t")).toEqual([0]);
    }
  });

  test("gives a partition that two claim to the later one", () => {
    const names = new Map([["t", 4]]);
    const stale = member("stale", { t: [0, 1] }, 1);
    const recent = member("recent", { t: [1, 2] }, 2);
    const assignment = stickyAssignment([recent, stale], names);
    expect(assignment.get("recent")?.get("t")).toEqual([1, 2]);
    expect(assignment.get("stale")?.get("t")).toEqual([0, 3]);
  });

  test("ignores claims to partitions and topics that are no more", () => {
    const assignment = stickyAssignment([member("a", { t: [7, 9, 1], gone: [0] }), member("b")], new Map([["t", 2]]));
    expect(assignment).toEqual(
      new Map([
        ["a", new Map([["t", [1]]])],
        ["b", new Map([["t", [0]]])],
      ]),
    );
    // Nor do they count where it is decided who has one more.
    const one = stickyAssignment([member("a", { t: [5, 6] }), member("b", { t: [0] })], new Map([["t", 1]]));
    expect(one.get("b")?.get("t")).toEqual([0]);
  });

  test("has members without a partition where there are more of them", () => {
    const assignment = stickyAssignment(strangers("a", "b", "c"), new Map([["t", 2]]));
    expect(totalsOf(assignment).sort()).toEqual([0, 1, 1]);
    expect(stickyAssignment([], new Map([["t", 2]]))).toEqual(new Map());
  });

  test("rotates who has one more, so that nobody has one more of everything", () => {
    const names = new Map(topicNames.map((name) => [name, 1]));
    expect(totalsOf(stickyAssignment(strangers("a", "b"), names)).sort()).toEqual([2, 3]);
  });
});
