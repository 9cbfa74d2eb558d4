import type { Worker } from "../../ports/workers.ts";

export interface WorkerSettings {
  heartbeatMs: number;
  /** Without a heartbeat for so long a worker is gone. */
  leaseMs: number;
}

export interface Self extends Pick<Worker, "node" | "roles" | "version" | "host" | "pid"> {
  /** Processes of one place see each other's process numbers (lib/place); empty where that is not known. */
  place: string;
}

/** Hears of this process's heartbeats. `sentAt` is of its monotonic clock, `heartbeatAt` what the row has. */
export interface BeatListener {
  sends(sentAt: number): void;
  wrote(heartbeatAt: number, sentAt: number): void;
}

/** SQL: ms since 1970 by the database's clock, which is the same for all. */
export const databaseNow = "(extract(epoch from clock_timestamp()) * 1000)::bigint";
