import type { Cast } from "../cast.ts";
import { checkActs } from "./acts.ts";
import { checkDedupe } from "./dedupe.ts";
import { checkDerived } from "./derived.ts";
import { checkDigests } from "./digests.ts";
import { checkCancellations, checkEvents } from "./events.ts";
import { gather } from "./facts.ts";
import { checkFeedback, checkRepeatedFeedback } from "./feedback.ts";
import { checkContents, checkDraws, checkFailedFetches, checkMessages } from "./messages.ts";
import { checkOrder } from "./order.ts";
import { checkOutages } from "./outages.ts";
import { checkRecipients } from "./recipients.ts";
import { checkRuns } from "./runs.ts";
import { checkStatistics } from "./statistics.ts";
import { checkWaits } from "./waits.ts";
import { checkRecipientWebhooks, checkWebhooks } from "./webhooks.ts";

/** What must hold once nothing is open any more. `settle` lets all that a timer set off come to rest. */
export async function checkEnd(cast: Cast, settle: () => Promise<void>): Promise<void> {
  cast.world.calm();
  const facts = gather(cast);
  checkEvents(cast, facts);
  checkCancellations(cast, facts);
  checkRuns(cast, facts);
  checkDerived(cast, facts);
  checkDedupe(cast, facts);
  checkDigests(cast, facts);
  checkWaits(cast, facts);
  checkMessages(cast, facts);
  checkOrder(cast, facts);
  checkOutages(cast);
  checkDraws(cast, facts);
  checkFailedFetches(cast, facts);
  checkContents(cast, facts);
  checkFeedback(cast, facts);
  checkRecipients(cast, facts);
  checkStatistics(cast, facts);
  checkWebhooks(cast, facts);
  checkRecipientWebhooks(cast);
  checkActs(cast, facts);
  await checkRepeatedFeedback(cast, facts, settle);
}
