import type { NewEvent } from "../../ports/store/ingest.ts";
import type { ReplayedEvent } from "../../ports/store/replays.ts";

/** An event that a replay has made, as any other is inserted. It has no inline recipients: they were laid over what is known before. */
export function eventOfReplayed({ origin: _, ...event }: ReplayedEvent): NewEvent {
  return {
    ...event,
    kind: "event",
    dueAt: event.receivedAt,
    cursor: 0,
    position: null,
    inline: null,
    idempotency: null,
    turn: null,
  };
}
