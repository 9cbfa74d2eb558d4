import { describe, expect, test } from "vitest";
import { GroupPlace } from "./group-place.ts";

const topic = "tidings.events.critical";
const other = "tidings.runs.critical";

/** Takes records of a partition, and gives what settles each. */
function take(place: GroupPlace, partition: number, offsets: readonly number[], name = topic): (() => void)[] {
  const end = BigInt(Math.max(...offsets) + 1);
  const held = place.offsetsOf(name, partition, end);
  if (held === undefined) throw new Error(`${name} ${partition} is not held`);
  return offsets.map((offset) => held.take(BigInt(offset)));
}

const at = (partition: number, offset: number, name = topic) => ({ topic: name, partition, offset: String(offset) });

describe("a member's place in its group", () => {
  test("is empty before it joins: it owns nothing, takes nothing and commits nothing", () => {
    const place = new GroupPlace();
    expect(place.owned).toEqual({ since: 0, owned: {} });
    expect(place.offsetsOf(topic, 0, 5n)).toBeUndefined();
    expect(place.uncommitted()).toEqual([]);
  });

  test("says what it was given, and since when", () => {
    const place = new GroupPlace();
    expect(place.join({ [topic]: [0, 2], [other]: [1] }, 1000)).toEqual([]);
    expect(place.owned).toEqual({ since: 1000, owned: { [topic]: [0, 2], [other]: [1] } });
    place.join({ [topic]: [0] }, 2000);
    expect(place.owned).toEqual({ since: 2000, owned: { [topic]: [0] } });
    expect(place.offsetsOf(other, 1, 5n)).toBeUndefined();
  });

  test("goes on over a rejoin where it was, with what is still open", () => {
    const place = new GroupPlace();
    place.join({ [topic]: [0, 1], [other]: [0] }, 1);
    const [first, second] = take(place, 0, [10, 11, 12]);
    take(place, 0, [3], other);
    second?.();
    expect(place.join({ [topic]: [0, 1, 2], [other]: [0] }, 2)).toEqual([at(0, 13), at(0, 4, other)]);
    const held = place.offsetsOf(topic, 0, 20n);
    expect([held?.has(12n), held?.has(13n), held?.committable]).toEqual([true, false, 10n]);
    first?.();
    expect(held?.committable).toBe(12n);
  });

  test("has no place to go on from in a partition of which it has read nothing", () => {
    const place = new GroupPlace();
    place.join({ [topic]: [0] }, 1);
    place.offsetsOf(topic, 0, 50n);
    expect(place.join({ [topic]: [0] }, 2)).toEqual([]);
  });

  test("begins anew with a partition that was another's meanwhile, and what settles late counts for nothing", () => {
    const place = new GroupPlace();
    place.join({ [topic]: [0] }, 1);
    const [late] = take(place, 0, [10]);
    place.join({ [topic]: [] }, 2);
    expect(place.offsetsOf(topic, 0, 11n)).toBeUndefined();
    expect(place.uncommitted()).toEqual([]);
    expect(place.join({ [topic]: [0] }, 3)).toEqual([]);
    take(place, 0, [30]);
    late?.();
    expect(place.uncommitted()).toEqual([at(0, 30)]);
  });

  test("begins anew with a topic that was made anew: it ends before what was taken", () => {
    const place = new GroupPlace();
    place.join({ [topic]: [0] }, 1);
    const [late] = take(place, 0, [10, 11]);
    place.committed([at(0, 10)]);
    const held = place.offsetsOf(topic, 0, 2n);
    expect([held?.has(0n), held?.next]).toEqual([false, undefined]);
    const [first] = take(place, 0, [0, 1]);
    late?.();
    expect(place.uncommitted()).toEqual([at(0, 0)]);
    first?.();
    expect(place.uncommitted()).toEqual([at(0, 1)]);
    expect(place.join({ [topic]: [0] }, 2)).toEqual([at(0, 2)]);
  });

  test("commits anew also what a topic that was made anew has at the offset of before", () => {
    const place = new GroupPlace();
    place.join({ [topic]: [0] }, 1);
    for (const settle of take(place, 0, [0, 1, 2, 3])) settle();
    place.committed([at(0, 4)]);
    place.offsetsOf(topic, 0, 1n);
    for (const settle of take(place, 0, [0, 1, 2, 3])) settle();
    expect(place.uncommitted()).toEqual([at(0, 4)]);
  });

  test("takes a topic for the same one where it ends with what was taken", () => {
    const place = new GroupPlace();
    place.join({ [topic]: [0] }, 1);
    take(place, 0, [4]);
    expect(place.offsetsOf(topic, 0, 5n)?.has(4n)).toBe(true);
  });

  test("tells what is to be committed until it was, and again when it moves on", () => {
    const place = new GroupPlace();
    place.join({ [topic]: [0, 1] }, 1);
    const settles = take(place, 0, [5, 6]);
    take(place, 1, [8]);
    expect(place.uncommitted()).toEqual([at(0, 5), at(1, 8)]);
    expect(place.uncommitted()).toEqual([at(0, 5), at(1, 8)]);
    place.committed([at(0, 5), at(1, 8)]);
    expect(place.uncommitted()).toEqual([]);
    settles[0]?.();
    expect(place.uncommitted()).toEqual([at(0, 6)]);
    settles[1]?.();
    place.committed([at(0, 6)]);
    expect(place.uncommitted()).toEqual([at(0, 7)]);
  });

  test("does not take a commit for one of a partition that went away meanwhile", () => {
    const place = new GroupPlace();
    place.join({ [topic]: [0] }, 1);
    take(place, 0, [5]);
    const given = place.uncommitted();
    place.join({}, 2);
    place.committed(given);
    place.join({ [topic]: [0] }, 3);
    take(place, 0, [5]);
    expect(place.uncommitted()).toEqual([at(0, 5)]);
  });
});
