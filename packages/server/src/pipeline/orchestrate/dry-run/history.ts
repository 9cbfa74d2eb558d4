import { limits } from "@tidings/contract/limits";
import type { Selection } from "../../../domain/replay-selection.ts";
import { TidingsError } from "../../../errors.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Histories, HistoryRequest, HistoryResult } from "../../../ports/histories.ts";
import { lookAtPast, type PastServices, type ReadyEvent } from "../replay/past-events.ts";
import type { DryRun } from "./dry-run.ts";
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
  dryRun: Pick<DryRun, "run">;
  clock: Clock;
  limits: HistoryLimits;
};

const perLook = 50;

/**
 * Dry runs over past events: each at the time at which it came in, with what is known of its recipients now, in a world in which
 * nothing was sent but what the same side would have. It rests for as long as it works, so that those who send have the process.
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
    const { clock, limits: bounds } = this.#on;
    const until = clock.monotonic() + bounds.historyMs;
    const past = new Weighing(request);
    let { after } = request;
    for (;;) {
      const from = clock.monotonic();
      const looked = await this.#look(environmentId, request, past, after);
      past.look(looked);
      for (const event of looked.ready) await this.#event(past, event);
      if (looked.next === undefined) return past.result(undefined);
      after = looked.next;
      const worked = clock.monotonic() - from;
      const isFull = past.weighed >= bounds.historyEventsMax || past.reached.size >= bounds.historyRecipientsMax;
      // What has no time left after the rest ends here, at the end of a page.
      if (isFull || clock.monotonic() + worked >= until) return past.result(after);
      await new Promise<void>((resolve) => clock.after(worked, resolve));
    }
  }

  #look(environmentId: number, { tenant, from, to }: HistoryRequest, past: Weighing, after: string | null) {
    const names = [...new Set(past.sides.map(({ name }) => name))];
    const selection: Selection = { names, from, to, perSecond: 1, ...(tenant === undefined ? {} : { tenant }) };
    const workflowsFor = (_: number, name: string) =>
      past.sides.filter((side) => side.name === name).map((side) => side.given.workflow);
    // Whether it had expired is a matter of the moment at which it came in.
    const bounds = { now: 0, lookedMax: this.#on.limits.replayLookedMax, limit: perLook };
    return lookAtPast(environmentId, selection, after, bounds, { ...this.#on, configuration: { workflowsFor } });
  }

  async #event(past: Weighing, { past: event, payload, workflows }: ReadyEvent): Promise<void> {
    const recipients = payload.recipients.slice(0, limits.recipientsPerDryRun);
    past.weighed += 1;
    if (recipients.length < payload.recipients.length || payload.audiences !== undefined) past.partial += 1;
    for (const side of past.sides.filter(({ given }) => workflows.includes(given.workflow))) {
      const result = await this.#on.dryRun.run(
        event.environmentId,
        {
          ...side.given,
          event: {
            id: event.id,
            name: event.name,
            tenant: event.tenant,
            scheduledAt: payload.scheduledAt,
            expiresAt: event.expiresAt,
            data: payload.data,
          },
          recipients,
          inline: [],
          now: event.receivedAt,
          assume: { messages: {}, fetches: {}, arrivals: {} },
        },
        side.world,
      );
      for (const { step, text } of result.assumed) past.assumed.set(step, text);
      past.reach(side.key, side.tally.add(result));
    }
  }
}
