import { integrationOf, reasonOf, styleOf } from "../message-lines.ts";
import { pad } from "../table.ts";
import { plain, type Terminal } from "../terminal.ts";
import type { Change } from "./follower.ts";

/** What a change is: a message that was there, is new, or has another state or attempt. */
export type ChangeKind = "present" | "new" | "state" | "attempt";

const stateColumns = 22;

/** A change in one line for people. */
export function changeLine({ message, from }: Change, kind: ChangeKind, terminal: Terminal): string {
  const last = message.attempts.at(-1);
  const at = timeOf(message.deliveredAt ?? message.sentAt ?? last?.finishedAt ?? last?.startedAt ?? message.createdAt);
  const states = kind === "state" ? `${from} → ${message.state}` : message.state;
  const reason = reasonOf(message);
  return [
    terminal.style("dim", at),
    pad(message.channel, 7),
    terminal.style(styleOf(message.state), pad(states, stateColumns)),
    pad(plain(message.workflow ?? message.template ?? message.category), 20),
    `→ ${plain(message.recipient)}`,
    integrationOf(message),
    terminal.style("dim", message.id),
    plain(reason),
  ]
    .filter((part) => part !== "")
    .join("  ");
}

/** Of today's, the time of day is what one looks for. */
function timeOf(iso: string): string {
  return new Date(iso).toTimeString().slice(0, 8);
}
