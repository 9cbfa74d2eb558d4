import type { LoggedMessage } from "../ledger.ts";
import type { MessageFact } from "./facts.ts";

/** Whether a message was sent, as its moves and its row tell. One that failed was, unless its provider refused it and never reported about it. */
export function wasSent({ moves, state }: LoggedMessage, fact: MessageFact | undefined): boolean {
  const arrived = moves.some(({ to }) => to === "sent" || to === "delivered" || to === "bounced");
  return arrived || (state === "failed" && fact !== undefined && fact.times.sent !== null);
}
