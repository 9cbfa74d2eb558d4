import type { Selection } from "../../../domain/replay-selection.ts";
import { TidingsError } from "../../../errors.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Histories, HistoryRequest, HistoryResult } from "../../../ports/histories.ts";
import type { TopicStore } from "../../../ports/store/topics.ts";
import { lookAtPast, type PastServices, type ReadyEvent } from "../replay/past-events.ts";
import type { DryRun } from "./dry-run.ts";
import { type EventPlace, eventStart } from "./event-place.ts";
import { leftOut } from "./left-out.ts";
import { Pace } from "./pace.ts";
import { audienceOf, pastRequest } from "./past-request.ts";
import { Weighing } from "./weighing.ts";

export interface HistoryLimits {
  replayLookedMax: number;
  /** Of one call: time, events, and recipients who are told apart. */
  historyMs: number;
  historyEventsMax: number;
  historyRecipientsMax: number;
  /** Calls under way at once. */
  historiesMax: number;
}

type HistoryServices = Omit<PastServices, "configuration"> & {
  dryRun: Pick<DryRun, "next" | "run">;
  store: Pick<TopicStore, "getTopic">;
  clock: Clock;
  limits: HistoryLimits;
};

const perLook = 50;

/**
 * Dry runs over past events: each at the time at which it came in, with what is known of its recipients now, in a world in which
 * nothing was sent but what the same side would have. Topics and segments are those who are in them now. No more than a page of
 * events, and of one of them a page of recipients, is in memory; between pages it rests for as long as it worked.
 */
export class History implements Histories {
  readonly #on: HistoryServices;
  #underWay = 0;

  constructor(on: HistoryServices) {
    this.#on = on;
  }

  async weigh(environmentId: number, request: HistoryRequest): Promise<HistoryResult> {
    if (this.#underWay >= this.#on.limits.historiesMax) throw new TidingsError("overloaded", { retryAfterSeconds: 1 });
    this.#underWay += 1;
    try {
      return await this.#weigh(environmentId, request);
    } finally {
      this.#underWay -= 1;
    }
  }

  async #weigh(environmentId: number, request: HistoryRequest): Promise<HistoryResult> {
    const { clock, store, limits: bounds } = this.#on;
    const pace = new Pace(clock, bounds.historyMs);
    const past = new Weighing(request);
    const isFull = () => past.reached.size >= bounds.historyRecipientsMax;
    let { after, inside } = request.place;
    for (;;) {
      const looked = await this.#look(environmentId, request, past, after);
      // What was skipped of a page was counted when it was begun.
      if (inside === undefined) past.look(looked);
      for (const event of looked.ready) {
        const { id } = event.past;
        if (inside !== undefined && id < inside.event) continue;
        const begun = inside?.event === id ? inside : undefined;
        if (begun === undefined) past.weighed += 1;
        const place = await this.#event(past, event, begun ?? eventStart, { isFull, pace });
        if (place === undefined) continue;
        const left = await leftOut(store, environmentId, audienceOf(event), place);
        return past.result({ after, inside: { event: id, ...place } }, left);
      }
      if (looked.next === undefined) return past.result(undefined);
      after = looked.next;
      inside = undefined;
      // What has no time left ends here, at the end of a page.
      if (past.weighed >= bounds.historyEventsMax || isFull() || !(await pace.rest()))
        return past.result({ after, inside });
    }
  }

  #look(environmentId: number, { tenant, from, to }: HistoryRequest, past: Weighing, after: string | null) {
    const names = [...new Set(past.sides.map(({ name }) => name))];
    const selection: Selection = { names, from, to, perSecond: 1, ...(tenant === undefined ? {} : { tenant }) };
    const workflowsFor = (_: number, name: string) =>
      past.sides.filter((side) => side.name === name).map((side) => side.given.workflow);
    // Whether it had expired is a matter of the moment at which it came in.
    const lookedMax = this.#on.limits.replayLookedMax;
    const bounds = { now: 0, lookedMax, limit: perLook, derived: "taken" as const };
    return lookAtPast(environmentId, selection, after, bounds, { ...this.#on, configuration: { workflowsFor } });
  }

  /** A page of its recipients at a time, each on both sides. Gives where it stands if the budget ends before they do. */
  async #event(past: Weighing, event: ReadyEvent, from: EventPlace, budget: Budget): Promise<EventPlace | undefined> {
    const { environmentId } = event.past;
    const sides = past.sides.filter(({ given }) => event.workflows.includes(given.workflow));
    for (let place = from; ; ) {
      const page = await this.#on.dryRun.next(environmentId, audienceOf(event), place);
      past.people += page.ids.length;
      let next: EventPlace | undefined;
      for (const side of sides) {
        const request = pastRequest(event, side.given);
        const result = await this.#on.dryRun.run(environmentId, request, { place, page }, side.world);
        past.add(side, result);
        next = result.next;
      }
      if (next === undefined) return undefined;
      place = next;
      if (budget.isFull() || !(await budget.pace.rest())) return place;
    }
  }
}

interface Budget {
  isFull: () => boolean;
  pace: Pace;
}
