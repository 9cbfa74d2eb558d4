import type { SeededRandom } from "../../../packages/server/src/lib/seeded-random.ts";
import { startMs } from "../base.ts";
import { type Act, intentOf, member, secondMs } from "./act.ts";

const spreadMs = 40 * secondMs;

/** Mail that does not come through is followed by a text, where there is a number. */
export function makeAlarm(random: SeededRandom): Act {
  const people = Array.from({ length: 3 }, (_, index) =>
    member(random, index, { email: [0, 1, 1, 2], sms: [0, 1, 1] }),
  );
  const intents = Array.from({ length: 2 + random.int(4) }, (_, index) => {
    const postAt = startMs + 300 + random.int(spreadMs);
    const cancelAt = random.chance(0.15) ? postAt + random.int(20 * secondMs) : undefined;
    return intentOf({ ref: `alarm-${index}`, name: "alarm.raised", people, postAt, cancelAt });
  });
  return { name: "alarm", people, intents, refusals: [] };
}
