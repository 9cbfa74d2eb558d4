import type { WorkerFacts } from "@tidings/contract/workers";
import type { Config } from "../config.ts";
import type { SystemClock } from "../lib/system-clock.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { Broadcast } from "../ports/broadcast.ts";
import type { Limiter } from "../ports/limiter.ts";
import type { OpenTopics } from "../ports/queue.ts";
import type { Store } from "../ports/store/store.ts";
import type { Leases, UnderWay, Workers } from "../ports/workers.ts";
import type { PublishedRows } from "../store/postgres/published.ts";
import type { ServerHooks } from "./hooks.ts";

/** The ports of what processes share, as the settings choose them. */
export interface Engines {
  store: Store;
  broadcast: Broadcast;
  limiter: Limiter;
  workers: Workers;
  leases: Leases;
  /** Tells what becomes of new work with its commit. */
  holdWhere(wayOf: (kind: HeldKind) => HeldWay): void;
  /** Rows whose ids a broker has; undefined where there can be none. */
  published: Pick<PublishedRows, "free" | "giveUp"> | undefined;
  /** Which topics have something due, asked once for all; undefined where a look for each costs next to nothing. */
  openTopics: OpenTopics | undefined;
  /** Tells what this process has in hand, for whoever asks about workers. */
  describeWith(facts: () => WorkerFacts): void;
  /** Gives other processes what waits here; this one holds nothing new, and what it has begun until the store is closed. */
  leave(underWay: () => UnderWay): Promise<void>;
  /** Whether other processes may work on the same store. */
  shared: boolean;
}

export type HeldKind = "events" | "runs" | "delivery";

/** This process has it in its memory at once, or a broker is given its id, or whoever looks takes it. */
export type HeldWay = "held" | "published" | "free";

export interface EngineParts {
  config: Config;
  clock: SystemClock;
  /** Name of this process while it lives. */
  node: string;
  dataDir: string;
  metrics: Pick<Metrics, "storeTurnSeconds" | "storeTurnRows" | "replica">;
  hooks: ServerHooks;
}
