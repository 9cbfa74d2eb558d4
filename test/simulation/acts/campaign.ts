import { type CampaignBody, eventOfCampaign } from "@tidings/contract/campaigns";
import type { SeededRandom } from "../../../packages/server/src/lib/seeded-random.ts";
import { startMs } from "../base.ts";
import type { SimulatedPerson } from "../people.ts";
import type { Intent } from "../scenario.ts";
import { type Act, member, secondMs } from "./act.ts";

/** The plan that makes somebody one of the segment. */
export const fanPlan = "fan";

/** One campaign to a segment, some of whom want none of it, or say so meanwhile. */
export function makeCampaign(random: SeededRandom): Act {
  const people = Array.from(
    { length: 5 + random.int(6) },
    (_, index): SimulatedPerson => ({
      ...member(random, index, { email: [0, 1, 1, 2], sms: [0, 0, 1] }),
      plan: random.chance(0.7) ? fanPlan : "free",
      preferences: random.chance(0.2) ? { categories: { deals: { all: "off" } } } : undefined,
    }),
  );
  const postAt = startMs + 500 + random.int(15 * secondMs);
  const refusals = people
    .filter(({ preferences }) => preferences === undefined && random.chance(0.15))
    .map(({ id }) => ({ at: postAt + random.int(4 * secondMs), recipient: id, category: "deals" }));
  return { name: "campaign", people, intents: [campaignIntent(random, people, postAt)], refusals };
}

function campaignIntent(random: SeededRandom, people: readonly SimulatedPerson[], postAt: number): Intent {
  const ref = "campaign";
  const named = random.chance(0.3) ? [random.pick(people).id] : [];
  const scheduledAt = random.chance(0.2) ? postAt + random.int(10 * secondMs) : undefined;
  const expiresAt = random.chance(0.15) ? (scheduledAt ?? postAt) + secondMs + random.int(20 * secondMs) : undefined;
  const campaign: CampaignBody = {
    name: "Sale",
    event: "sale.began",
    recipients: [...named, { segment: "fans" }],
    data: { ref, title: "hello" },
    ...(random.chance(0.2) ? { spread: { minutes: 1 } } : {}),
    ...(scheduledAt === undefined ? {} : { scheduledAt: new Date(scheduledAt).toISOString() }),
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
  };
  return {
    ref,
    key: `key-${ref}`,
    campaign,
    body: eventOfCampaign(campaign, ref),
    recipients: people.filter(({ id, plan }) => plan === fanPlan || named.includes(id)).map(({ id }) => id),
    inline: new Map(),
    postAt,
    cancelAt: random.chance(0.4) ? (scheduledAt ?? postAt) + random.int(random.pick([40, 6 * secondMs])) : undefined,
    doubledAt: random.chance(0.3) ? [postAt + random.pick([0, 5, 2000])] : [],
    poison: undefined,
    scheduledAt,
    expiresAt,
  };
}
