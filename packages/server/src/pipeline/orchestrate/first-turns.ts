import type { Lane } from "@tidings/contract/words";
import type { FirstTurn, TurnWrites, TurnWritten } from "../../ports/store/orchestrate.ts";
import { Departures } from "./departures.ts";
import { planDirect } from "./direct-message.ts";
import { comesToEffect, type PlannedTurn, planEvent, type TurnServices } from "./event-turn.ts";
import type { PersonCache } from "./person-cache.ts";
import type { Crowd, EventWork, OrchestrateDependencies } from "./ports.ts";
import { publishDueRuns } from "./publish.ts";
import { Recalled } from "./recalled.ts";
import { tellDerived } from "./tell-derived.ts";
import { RecalledTenants } from "./tenants-in-sight.ts";
import { adopt, beginEvent, endTurn } from "./turn-spans.ts";

/** Turns that were planned before their events were stored. */
export interface PlannedAhead {
  /** Along the events: null for those that orchestrate has to take from their queue. */
  readonly turns: readonly (FirstTurn | null)[];
  /** Along the events: where their messages have to wait; undefined where they have places, or were not planned. */
  readonly crowds: readonly (Crowd | undefined)[];
  /** After the commit, along the events: what was written, undefined where the turn was not. */
  committed(written: readonly (TurnWritten | undefined)[]): void;
  /** Nothing was written. */
  failed(): void;
}

export interface FirstTurnListener {
  /** Events of the lane are about to be planned. */
  onPlanned(lane: Lane): void;
  /** A run came to an effect. */
  onEffect(lane: Lane): void;
  onWritten(lane: Lane, written: TurnWritten): void;
}

/**
 * Plans an event's only turn before the event is stored, so that both are one commit: the way of nearly every
 * notification that is due now and goes to few people who were notified lately. Everything else, and what no longer
 * fits when it is written, goes through the events' queue.
 */
export class FirstTurns {
  readonly #on: OrchestrateDependencies;
  readonly #persons: PersonCache;
  readonly #listener: FirstTurnListener;
  readonly #tenants: RecalledTenants;
  readonly #services: TurnServices;

  constructor(on: OrchestrateDependencies, persons: PersonCache, listener: FirstTurnListener) {
    this.#listener = listener;
    this.#on = on;
    this.#persons = persons;
    this.#tenants = new RecalledTenants(on.tenants);
    const { awaited, configuration, dataSchemas, ids, keyring, limits, lookBack, steps } = on;
    const services = { awaited, configuration, dataSchemas, ids, keyring, limits, lookBack, steps };
    this.#services = { ...services, tenants: this.#tenants };
  }

  /** Undefined where none of them can be planned. */
  plan(lane: Lane, works: readonly EventWork[]): PlannedAhead | undefined {
    this.#listener.onPlanned(lane);
    const now = this.#on.clock.now();
    const planned: PlannedTurn[] = [];
    const places: number[] = [];
    const turns = works.map((work, place): FirstTurn | null => {
      const one = this.#planOne(work, lane, now);
      if (one === undefined) return null;
      planned.push(one.planned);
      places.push(place);
      return one.turn;
    });
    if (planned.length === 0) return undefined;
    const departures = new Departures(this.#on, planned);
    const crowds = departures.crowds();
    return {
      turns,
      crowds: alongEvents(works.length, places, crowds),
      committed: (written) => {
        departures.depart(places.map((place) => written[place]));
        if (planned.some(({ turn }) => comesToEffect(turn))) this.#listener.onEffect(lane);
        const at = this.#on.clock.now();
        for (const [index, place] of places.entries()) {
          const one = planned[index];
          // What was not written is planned again, in a span of its own.
          if (one?.span !== undefined && written[place] !== undefined) endTurn(one.span, one.turn, true);
          const dueAt = works[place]?.record.dueAt ?? at;
          const result = written[place];
          if (result === undefined) continue;
          if (one !== undefined) {
            publishDueRuns(this.#on, one.turn, one.work.record.trace);
            tellDerived(this.#on, one, result);
          }
          this.#listener.onWritten(lane, result);
          this.#on.onCommitted(lane, 1, at - dueAt);
        }
      },
      failed: () => departures.giveUp(),
    };
  }

  #planOne(work: EventWork, lane: Lane, now: number): { planned: PlannedTurn; turn: FirstTurn } | undefined {
    const { record, payload, inline } = work;
    const { recipients } = payload;
    if (
      payload.audiences !== undefined ||
      payload.campaign !== undefined ||
      record.kind === "replay" ||
      record.dueAt > now ||
      inline.length > 0 ||
      recipients.length > this.#on.limits.firstTurnRecipientsMax
    )
      return undefined;
    for (const id of recipients) if (this.#persons.recall(record.environmentId, id) === undefined) return undefined;
    const people = new Recalled(this.#persons);
    this.#tenants.missed = false;
    const span = beginEvent(this.#on.tracer, record, lane);
    try {
      const planned =
        record.kind === "message"
          ? planDirect(work, people, now, this.#services)
          : planEvent(work, lane, people, recipients.length, now, this.#services);
      const { dedupe, throttles, joins, runs, messages, decisions, otherLanes, ...more } = planned.turn;
      if (otherLanes.length > 0 || this.#tenants.missed) return undefined;
      if (span !== undefined) adopt(planned, span);
      const { reads } = people;
      const turn = { now, reads, dedupe, throttles, joins, runs, messages, decisions };
      return { planned, turn: { ...turn, ...seldom(more) } };
    } catch {
      // Orchestrate plans it again, and buries it where it fails again.
      return undefined;
    }
  }
}

/** What few turns have. */
function seldom({ arrivals = [], events = [], derived }: Pick<TurnWrites, "arrivals" | "events" | "derived">) {
  return {
    ...(arrivals.length === 0 ? {} : { arrivals }),
    ...(events.length === 0 ? {} : { events }),
    ...(derived === undefined ? {} : { derived }),
  };
}

function alongEvents(length: number, places: readonly number[], crowds: readonly (Crowd | undefined)[]) {
  const all = new Array<Crowd | undefined>(length).fill(undefined);
  for (const [index, place] of places.entries()) all[place] = crowds[index];
  return all;
}
