import { TidingsError } from "../../../errors.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { DryRunPage, DryRunReach, DryRunRequest, DryRuns } from "../../../ports/dry-run.ts";
import type { TopicStore } from "../../../ports/store/topics.ts";
import type { DryRun } from "./dry-run.ts";
import { type EventPlace, eventStart } from "./event-place.ts";
import { leftOut } from "./left-out.ts";
import { Pace } from "./pace.ts";
import { World } from "./world.ts";

export interface WholeDryRunLimits {
  /** Of one call: time, and recipients who are looked at. */
  dryRunMs: number;
  dryRunRecipientsMax: number;
  /** Calls under way at once. */
  dryRunsMax: number;
}

interface WholeDryRunServices {
  dryRun: Pick<DryRun, "next" | "run">;
  store: Pick<TopicStore, "getTopic">;
  clock: Clock;
  limits: WholeDryRunLimits;
}

/**
 * A dry run of one event to all of its recipients, a page at a time: of a topic of a million no more than a page is in memory. It
 * rests between pages for as long as it worked.
 */
export class WholeDryRun implements DryRuns {
  readonly #on: WholeDryRunServices;
  #underWay = 0;

  constructor(on: WholeDryRunServices) {
    this.#on = on;
  }

  async run(environmentId: number, request: DryRunRequest, take: (page: DryRunPage) => void): Promise<DryRunReach> {
    if (this.#underWay >= this.#on.limits.dryRunsMax) throw new TidingsError("overloaded", { retryAfterSeconds: 1 });
    this.#underWay += 1;
    try {
      return await this.#run(environmentId, request, take);
    } finally {
      this.#underWay -= 1;
    }
  }

  async #run(environmentId: number, request: DryRunRequest, take: (page: DryRunPage) => void): Promise<DryRunReach> {
    const { dryRun, clock, store, limits } = this.#on;
    const pace = new Pace(clock, limits.dryRunMs);
    const world = new World({ isApart: false });
    let weighed = 0;
    let place: EventPlace = eventStart;
    for (;;) {
      const page = await dryRun.next(environmentId, request, place, limits.dryRunRecipientsMax - weighed);
      const { next, ...result } = await dryRun.run(environmentId, request, { place, page }, world);
      weighed += page.ids.length;
      take({ ...result, recipients: page.ids });
      if (next === undefined) return { lane: result.lane, weighed, leftOut: undefined };
      place = next;
      if (weighed >= limits.dryRunRecipientsMax || !(await pace.rest()))
        return { lane: result.lane, weighed, leftOut: await leftOut(store, environmentId, request, place) };
    }
  }
}
