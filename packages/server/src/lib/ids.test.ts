import { describe, expect, test } from "vitest";
import { idsConformance } from "./ids.conformance.ts";
import { deriveId, IdSource, placeIn, placeOf, timeOfId, uuidFrom } from "./ids.ts";
import { SeededRandom } from "./seeded-random.ts";
import { SimulatedClock } from "./simulated-clock.ts";
import { SystemClock } from "./system-clock.ts";
import { SystemRandom } from "./system-random.ts";

idsConformance("of the machine", () => {
  const clock = new SystemClock();
  const random = new SystemRandom();
  const advance = () => {
    const from = clock.now();
    while (clock.now() === from);
  };
  return {
    ids: new IdSource(
      () => clock.now(),
      (length) => random.bytes(length),
    ),
    advance,
  };
});

idsConformance("simulated", () => {
  const clock = new SimulatedClock(Date.UTC(2026, 0, 1));
  const random = new SeededRandom(1);
  const advance = () => clock.advanceTo(clock.now() + 1);
  return {
    ids: new IdSource(
      () => clock.now(),
      (length) => random.bytes(length),
    ),
    advance,
  };
});

describe("ids", () => {
  test("carry their milliseconds in front", () => {
    for (const timeMs of [0, 1, 1_700_000_000_123, 2 ** 48 - 1]) {
      expect(timeOfId(deriveId(timeMs, "x"))).toBe(timeMs);
    }
  });

  test("have the layout of RFC 9562 §5.8", () => {
    expect(uuidFrom(0x0123456789ab, "cdef0123456789abcdef")).toBe("01234567-89ab-8cde-b012-3456789abcde");
  });

  test("of a list's members lie in its order, in places that are told from them, and not those in front", () => {
    expect([0, 127].map(placeIn)).toEqual([undefined, undefined]);
    const listed = [128, 255, 256, 100_000, 128 * 4094].map((position) => String(placeIn(position)));
    expect(listed).toEqual(["002", "002", "003", "30e", "fff"]);
    expect([placeIn(128 * 4095), placeIn(128 * 4096)]).toEqual(["001", "002"]);
    const { ids } = {
      ids: new IdSource(
        () => 5,
        (length) => Buffer.alloc(length),
      ),
    };
    expect(listed.map((place) => placeOf(ids.deriveAt(7, place, "x")))).toEqual(listed);
  });

  test("repeat from a seed", () => {
    const make = () => new IdSource(() => 5, new SeededRandom(9).bytes.bind(new SeededRandom(9)));
    expect(make().next()).toBe(make().next());
  });
});
