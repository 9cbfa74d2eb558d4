export interface EffectLimits {
  /** Requests under way at once per lane, and of those to one host. */
  openMax: number;
  openPerBoundMax: number;
  /** Runs of one host and tenant in memory, and how many one look into the store takes in. */
  heldPerKeyMax: number;
  lookMax: number;
  pollMs: number;
  responseBytesMax: number;
  /** Results of one run together. */
  journalBytesMax: number;
  /** Time of one request, where its step sets none. */
  timeoutMs: number;
}

/** With so many events, or bytes of them, a digest's window closes early. */
export interface DigestLimits {
  eventsMax: number;
  bytesMax: number;
}

export interface WaitLimits {
  /** Runs that an event wakes in its own transaction, per key, and how many a further one wakes. */
  wakesMax: number;
  wakesPerCallMax: number;
  /** How often it is looked for runs that were left. */
  pollMs: number;
  /** How long arrivals are kept at most for runs that come to wait later. */
  keptMaxMs: number;
  /** Of an event that has arrived, in the results of the run. */
  dataBytesMax: number;
}

/** Bounds of what workflows start by events that their steps send. */
export interface DerivedLimits {
  /** Such events in a row. */
  depthMax: number;
  /** Events, and messages of them, that come of one event which no step has sent. */
  perRootMax: number;
  /** How long it is remembered how many there are, behind the last. */
  countKeptMs: number;
  /** Data of one event. */
  dataBytesMax: number;
}
