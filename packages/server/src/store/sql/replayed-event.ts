import type { Descent } from "../../domain/descent.ts";
import type { NewEvent } from "../../ports/store/ingest.ts";
import type { ReplayedEvent } from "../../ports/store/replays.ts";

/** An event that a replay has made, as any other is inserted. It has no inline recipients: they were laid over what is known before. */
export function eventOfReplayed({ origin: _, ...event }: ReplayedEvent): NewEvent {
  return newEventOf(event);
}

/** One that nobody has reported, and that is due at once. */
export function newEventOf(event: Omit<ReplayedEvent, "origin"> & { descent?: Descent }): NewEvent {
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
