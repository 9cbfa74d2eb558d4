/**
 * An event that joins the open window of its key, or opens one. Of a key one window is open at most; it takes no more once
 * its time has come or it is full, and the next event opens another. A window is gathered by a run of its own, which is due
 * when it closes; joining it, closing it and leaving it are transactions that exclude each other.
 */
export interface JoiningEvent {
  environmentId: number;
  /** What is gathered together: recipient, workflow and step, and the value of the step's key. */
  keyHash: string;
  /** Of the run that ends by joining; a window takes it once. */
  runId: string;
  eventId: string;
  /** When the event was received, by which a window's events are in order. */
  at: number;
  /** Events that have expired when the window closes are not in it. */
  expiresAt: number | null;
  /** Sealed JSON of what the window keeps of the event, and the size of it open. */
  content: string;
  bytes: number;
  now: number;
  /** When a window closes that this event opens. */
  closesAt: number;
  /** A window that this event joins stays open `byMs` from now, but closes `maxMs` after it was opened. Null where it does not move. */
  slides: { byMs: number; maxMs: number } | null;
  /** With so many events, or bytes of them, a window closes early. */
  eventsMax: number;
  bytesMax: number;
}

/** An event in a window. */
export interface DigestEntry {
  runId: string;
  eventId: string;
  at: number;
  expiresAt: number | null;
  content: string;
}

/** A window that its run has not closed yet. */
export interface GatheredWindow {
  /** Rises with each event that joins or leaves. */
  version: number;
  /** By the time at which they were received, and by their ids where that is the same. */
  entries: readonly DigestEntry[];
}

/** What a turn of a run does to the window that it gathers. */
export type WindowEnd =
  /** The window goes with its entries if it is as it was read; else the turn is lost. The run goes on as one of `eventId`. */
  | { kind: "close"; version: number; eventId: string }
  /** It takes no more events, and keeps those that it has: the run has died, and may be replayed. */
  | { kind: "seal" };
