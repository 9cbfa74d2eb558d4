import { messageStateCode } from "./codes.ts";

const { queued, sending, sent, ...ends } = messageStateCode;

/** Codes of states of which a run that watches a message is told: those behind which it is not under way any more. */
export const watchEnds: ReadonlySet<number> = new Set(Object.values(ends));
