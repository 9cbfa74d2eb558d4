import type { WorkerFacts } from "@tidings/contract/workers";
import type { Config } from "../config.ts";
import type { SystemClock } from "../lib/system-clock.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { Broadcast } from "../ports/broadcast.ts";
import type { Limiter } from "../ports/limiter.ts";
import type { Store } from "../ports/store/store.ts";
import type { Leases, Workers } from "../ports/workers.ts";
import type { ServerHooks } from "./hooks.ts";

/** The ports of what processes share, as the settings choose them. */
export interface Engines {
  store: Store;
  broadcast: Broadcast;
  limiter: Limiter;
  workers: Workers;
  leases: Leases;
  /** Tells which new work this process takes into its memory at once with the commit. */
  holdWhere(mayHold: (kind: HeldKind) => boolean): void;
  /** Tells what this process has in hand, for whoever asks about workers. */
  describeWith(facts: () => WorkerFacts): void;
  /** Whether other processes may work on the same store. */
  shared: boolean;
}

export type HeldKind = "events" | "runs" | "delivery";

export interface EngineParts {
  config: Config;
  clock: SystemClock;
  /** Name of this process while it lives. */
  node: string;
  dataDir: string;
  metrics: Pick<Metrics, "storeTurnSeconds" | "storeTurnRows">;
  hooks: ServerHooks;
}
