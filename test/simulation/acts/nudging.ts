import type { SeededRandom } from "../../../packages/server/src/lib/seeded-random.ts";
import { startMs } from "../base.ts";
import { type Act, hourMs, intentOf, member, secondMs } from "./act.ts";

/** Within a day of each other, and beyond. */
const rounds: readonly number[] = [0, 20, 25, 43].map((hours) => startMs + 300 + hours * hourMs);
const roundMs = 8 * secondMs;

/** Somebody is nudged, unless that was done often enough of late. */
export function makeNudging(random: SeededRandom): Act {
  const people = Array.from({ length: 2 }, (_, index) => member(random, index, { email: [1], sms: [0] }));
  const intents = rounds.flatMap((start, round) =>
    Array.from({ length: 1 + random.int(2) }, (_, index) =>
      intentOf({ ref: `nudge-${round}-${index}`, name: "nudged", people, postAt: start + random.int(roundMs) }),
    ),
  );
  return { name: "nudging", people, intents, refusals: [] };
}
