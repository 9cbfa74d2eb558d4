import type { Lane } from "@tidings/contract/words";
import type { EventPart } from "./event-part.ts";

/**
 * Runs that wait for an event. What they wait for is a key, under which such events arrive. The turn of an event that arrives
 * and the turn of a run that comes to wait exclude each other by key: who comes second sees what the first has written.
 */
export interface AwaitedKey {
  keyHash: string;
  /** Events that came in before this time do not count. */
  since: number;
}

/** An event that has come, for one key under which runs may wait. */
export interface Arrival {
  environmentId: number;
  keyHash: string;
  eventId: string;
  /** When it came in. Runs that began to wait for what comes later, or whose time was up by then, leave it alone. */
  at: number;
  /** It is kept until then for runs that come to wait later; of a key the latest ones are. */
  expiresAt: number;
  /** Runs that are woken in its own transaction; what is left is for `wakeRuns`. */
  wakesMax: number;
}

/** What a run waits for, as it was read. */
export interface RunWait {
  /** What has arrived as the run's own row has it: its turn is lost where that is another by then. */
  rowEventId: string | null;
  /** What has arrived: that, or one for which the run is not awake yet. */
  eventId: string | null;
  /** Null where nothing has arrived, or its event is not there any more. */
  event: EventPart | null;
}

/** A run that was made due. */
export interface WokenRun {
  id: string;
  lane: Lane;
}

/** What came of arrivals and waits in a turn; fields are left out where nothing did. */
export interface WaitsWritten {
  /** Runs that the turn's events have made due. */
  woken?: readonly WokenRun[];
  /** More runs wait for them than one transaction wakes. */
  isWakeLeft?: boolean;
  /** Runs of the turn itself that found what they wait for: they are due. */
  found?: readonly string[];
}

export interface WaitStore {
  /** Wakes runs for which arrivals had no room in their own transaction, at most `limit`; `isLeft` where there may be more. */
  wakeRuns(input: { now: number; limit: number }): Promise<{ woken: readonly WokenRun[]; isLeft: boolean }>;
}
