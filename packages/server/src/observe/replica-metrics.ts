import type { WorkerReplica } from "@tidings/contract/workers";
import { Gauge, type Registry } from "prom-client";
import { CellCounter, type CounterCell } from "./cells.ts";

/** Figures of reads that a replica may answer; there where one is configured. */
export class ReplicaMetrics {
  /** By who answered: the replica, or the primary, and then why. */
  readonly reads: Readonly<Record<"replica" | "aside" | "behind" | "no_standby" | "unavailable", CounterCell>>;

  /** `standOf` is asked at each scrape. */
  constructor(registry: Registry, standOf: () => WorkerReplica) {
    const reads = new CellCounter(
      registry,
      "tidings_replica_reads_total",
      "Reads that a replica may answer: by the replica, or else by the primary, and why",
      ["outcome"],
    );
    this.reads = {
      replica: reads.cell({ outcome: "replica" }),
      aside: reads.cell({ outcome: "aside" }),
      behind: reads.cell({ outcome: "behind" }),
      no_standby: reads.cell({ outcome: "no_standby" }),
      unavailable: reads.cell({ outcome: "unavailable" }),
    };
    new Gauge({
      name: "tidings_replica_used",
      help: "1 while reads go to the replica, 0 while the primary answers them",
      registers: [registry],
      collect() {
        this.set(standOf().state === "used" ? 1 : 0);
      },
    });
    new Gauge({
      name: "tidings_replica_behind_seconds",
      help: "How far the replica was behind at most when it was read last; missing where that is not known",
      registers: [registry],
      labelNames: [],
      collect() {
        const { behindMs } = standOf();
        this.reset();
        if (behindMs === undefined) this.remove();
        else this.set(behindMs / 1000);
      },
    });
  }
}
