import type { DeliverStore } from "../../../ports/store/deliver.ts";
import type { PauseStore } from "../../../ports/store/pauses.ts";
import type { SqliteCalls } from "../context.ts";
import { dueMessages } from "./due-messages.ts";
import { holdMessages } from "./hold-messages.ts";
import { loadDeliveries } from "./load-deliveries.ts";
import { countHeld, endPause, listPauses, pausesSince, purgePauses, putPause } from "./pauses.ts";
import { recordOutcomes } from "./record-outcomes.ts";
import { releaseHeld } from "./release-held.ts";
import { settleMessages } from "./settle-messages.ts";
import { startAttempts } from "./start-attempts.ts";

/** What becomes of messages, and what is paused. */
export const deliverCalls: Pick<SqliteCalls, keyof (DeliverStore & PauseStore)> = {
  dueMessages,
  loadDeliveries,
  startAttempts,
  recordOutcomes,
  settleMessages,
  putPause,
  endPause,
  listPauses,
  pausesSince,
  countHeld,
  holdMessages,
  releaseHeld,
  purgePauses,
};
