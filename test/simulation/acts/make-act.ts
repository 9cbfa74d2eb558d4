import type { SeededRandom } from "../../../packages/server/src/lib/seeded-random.ts";
import type { Act } from "./act.ts";
import { makeAlarm } from "./alarm.ts";
import { makeCampaign } from "./campaign.ts";
import { makeGathering } from "./gathering.ts";
import { makeNudging } from "./nudging.ts";
import { makeSunset } from "./sunset.ts";

const share = 0.5;
const makers = [makeGathering, makeGathering, makeCampaign, makeSunset, makeNudging, makeAlarm];

/** Undefined for half of all seeds. */
export function makeAct(random: SeededRandom): Act | undefined {
  return random.chance(share) ? random.pick(makers)(random) : undefined;
}
