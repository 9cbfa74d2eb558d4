import { actCategories } from "../acts/documents.ts";
import type { Cast } from "../cast.ts";
import type { LoggedMessage } from "../ledger.ts";
import { checkAlarm } from "./alarm.ts";
import { checkCampaign } from "./campaign.ts";
import { checkCaps } from "./caps.ts";
import type { EndFacts } from "./facts.ts";
import { checkGathering } from "./gathering.ts";
import { checkNudging } from "./nudging.ts";
import { checkSunset } from "./sunset.ts";

/** What holds of an act, whose messages no other check knows. */
export function checkActs(cast: Cast, facts: EndFacts): void {
  const stray = [...cast.ledger.messages.values()].find(
    (message) => isOfAct(message) && !cast.act?.people.some(({ id }) => id === message.recipient),
  );
  if (stray !== undefined) cast.world.violate("no-unexpected-message", stray.id);
  if (cast.act?.name === "gathering") {
    checkGathering(cast, facts);
    checkCaps(cast, facts);
  } else if (cast.act?.name === "campaign") checkCampaign(cast, facts);
  else if (cast.act?.name === "sunset") checkSunset(cast, facts);
  else if (cast.act?.name === "nudging") checkNudging(cast, facts);
  else if (cast.act?.name === "alarm") checkAlarm(cast, facts);
}

/** Checked with its act: a digest of a category is of no workflow. */
export function isOfAct({ category, workflow }: LoggedMessage): boolean {
  return category in actCategories || workflow === "nudge";
}
