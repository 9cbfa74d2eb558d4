import type { NewEvent } from "../../ports/store/ingest.ts";
import type { StatisticLabels } from "./counted.ts";

/** Labels of events, one object for those that follow each other: sums are found by it. */
export class EventLabels {
  #last: StatisticLabels | undefined;

  of({ environmentId, lane, tenant }: NewEvent): StatisticLabels {
    const last = this.#last;
    if (last?.environmentId === environmentId && last.lane === lane && last.tenant === tenant) return last;
    this.#last = { environmentId, channel: "", lane, category: "", tenant, workflow: "" };
    return this.#last;
  }
}
