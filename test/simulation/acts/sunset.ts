import type { SeededRandom } from "../../../packages/server/src/lib/seeded-random.ts";
import { startMs } from "../base.ts";
import { type Act, dayMs, hourMs, intentOf, member, secondMs } from "./act.ts";

const days = 4;

/** Tips, day by day, to people who look at some of them, or at none. */
export function makeSunset(random: SeededRandom): Act {
  const people = Array.from({ length: 2 }, (_, index) => member(random, index, { email: [1, 1, 2], sms: [0] }));
  const intents = Array.from({ length: days }, (_, day) => {
    const at = startMs + 200 + day * (dayMs + hourMs) + random.int(5 * secondMs);
    const times = random.chance(0.3) ? [at, at + random.int(8 * secondMs)] : [at];
    return times.map((postAt, index) =>
      intentOf({
        ref: `tip-${day}-${index}`,
        name: "tip.given",
        people,
        postAt,
        doubledAt: random.chance(0.2) ? [postAt + 10] : [],
      }),
    );
  });
  return { name: "sunset", people, intents: intents.flat(), refusals: [] };
}
