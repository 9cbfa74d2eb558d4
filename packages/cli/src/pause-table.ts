import type { PauseView } from "@tidings/client";
import { tableLines } from "./table.ts";

const head = ["PAUSED", "KEY", "TENANT", "STATE", "WAITING", "SINCE", "UNTIL", "REASON"];

/** What is paused, a line each. */
export function pauseTable(pauses: readonly PauseView[]): string[] {
  return tableLines(head, pauses.map(row));
}

const row = (pause: PauseView): string[] => {
  const { kind, key, tenant = "", state, createdAt, until = "", reason = "" } = pause;
  return [kind, key, tenant, state, waitingText(pause), createdAt, until, reason];
};

/** How many messages wait; with a plus where there may be more. */
export const waitingText = ({ waiting, waitingIsBound }: PauseView): string => `${waiting}${waitingIsBound ? "+" : ""}`;
