import type { WorkerFacts, WorkerState } from "@tidings/contract/workers";

/** A process of this installation, as it told of itself last. Times are ms of the store's clock. */
export interface Worker {
  /** Name of the process while it lives. */
  node: string;
  roles: readonly string[];
  version: string;
  host: string;
  pid: number;
  startedAt: number;
  heartbeatAt: number;
  /** How long ago that is on the clock that it was told by: the asking process may have another. */
  heartbeatAgeMs: number;
  /** Late is one that has not been heard of for some heartbeats, and is not given up yet. */
  state: WorkerState;
  facts: WorkerFacts;
}

/** Of a process that has nothing in hand, or has said nothing of it yet. */
export const noFacts: WorkerFacts = { inFlight: 0, buffers: [] };

/** What a process has begun outside the store, which another that took it would do a second time. */
export interface UnderWay {
  /** Runs whose fetch step is being asked for. */
  effects: readonly string[];
  /** Deliveries to endpoints. */
  webhooks: readonly string[];
}

/** The processes that live. One whose heartbeat is missing for the time of a lease is gone: what it held goes to others. */
export interface Workers {
  list(): Promise<readonly Worker[]>;
}

/** Work that one process does for all of an installation. */
export interface Leases {
  /** Takes or renews the lease of that name for so long; false where another process holds it. */
  hold(name: string, forMs: number): Promise<boolean>;
}
