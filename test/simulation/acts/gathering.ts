import type { PreferencesBody } from "@tidings/contract/preferences";
import type { SeededRandom } from "../../../packages/server/src/lib/seeded-random.ts";
import { startMs } from "../base.ts";
import type { SimulatedPerson } from "../people.ts";
import { type Act, hourMs, intentOf, member, secondMs } from "./act.ts";

/** Half an hour off the full hour, so that its hours and days are others. */
export const oddZone = { name: "Asia/Kolkata", offsetMs: 5.5 * hourMs };

const preferences: readonly (PreferencesBody | undefined)[] = [
  undefined,
  undefined,
  { categories: { social: { email: "hourly" } } },
  { categories: { social: { email: "daily" } } },
  { workflows: { likes: { all: "hourly" } } },
];
/** Ends of hours and days, and what is no such end. */
const rounds: readonly number[] = [0.1, 0.5, 1, 3.5, 9].map((hours) => startMs + hours * hourMs);
export const gatheredWorkflow = "likes";
const roundMs = 10 * secondMs;

/** Some time later, or just when the digest closes. */
function cancelTime(random: SeededRandom, postAt: number, closesAt: number): number {
  return postAt < closesAt && random.chance(0.5) ? closesAt + random.int(40) : postAt + random.int(2 * roundMs);
}

/** Posts are liked, by many at once and around the times at which digests close. */
export function makeGathering(random: SeededRandom): Act {
  const people = Array.from(
    { length: 2 + random.int(2) },
    (_, index): SimulatedPerson => ({
      ...member(random, index, { email: [1, 1, 2], sms: [0] }),
      preferences: random.pick(preferences),
      timeZone: random.pick([undefined, undefined, oddZone.name]),
    }),
  );
  const starts = [startMs + 100, ...rounds.filter(() => random.chance(0.4)).map((at) => at - roundMs / 2)];
  const intents = starts.flatMap((start, round) =>
    Array.from({ length: 2 + random.int(4) }, (_, index) => {
      const postAt = start + random.int(roundMs);
      return intentOf({
        ref: `like-${round}-${index}`,
        name: "post.liked",
        people: random.chance(0.5) ? people : [random.pick(people)],
        postAt,
        doubledAt: random.chance(0.2) ? [postAt + random.pick([0, 5, 5000])] : [],
        cancelAt: random.chance(0.2) ? cancelTime(random, postAt, start + roundMs / 2) : undefined,
        expiresAt: random.chance(0.12) ? postAt + secondMs + random.int(random.pick([roundMs, hourMs])) : undefined,
        tenant: random.chance(0.15) ? "acme" : undefined,
      });
    }),
  );
  return { name: "gathering", people, intents, refusals: [] };
}
