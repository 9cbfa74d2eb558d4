import type { Delivery } from "../../domain/delivery.ts";
import type { NewMessage, TurnWritten } from "../../ports/store/orchestrate.ts";
import type { Crowd, OrchestrateDependencies, PlaceHold } from "./ports.ts";
import { publishDeliveries } from "./publish.ts";

type Services = Pick<OrchestrateDependencies, "places" | "queue" | "handOver">;

/** A planned turn, as far as its messages go. */
interface Planned {
  turn: { messages: readonly NewMessage[] };
  deliveries: readonly Delivery[];
}

/**
 * How the messages of planned turns leave for deliver. Before the commit: those that find a place free are marked, to be
 * written as STARTED. After it: their calls are made, the others go to their queues, and what was not written goes
 * nowhere.
 */
export class Departures {
  readonly #services: Services;
  readonly #planned: readonly Planned[];
  readonly #hold: PlaceHold | undefined;

  constructor(services: Services, planned: readonly Planned[]) {
    this.#services = services;
    this.#planned = planned;
    const deliveries = planned.length === 1 ? (planned[0]?.deliveries ?? []) : planned.flatMap((one) => one.deliveries);
    this.#hold = deliveries.length === 0 ? undefined : services.places?.take(deliveries);
    if (this.#hold !== undefined) this.#mark(this.#hold);
  }

  /** Along the turns: where a message of each has to wait; undefined where all have a place. */
  crowds(): (Crowd | undefined)[] {
    const crowds = this.#hold?.crowds;
    let place = 0;
    return this.#planned.map(({ deliveries }) => {
      const own = crowds?.slice(place, place + deliveries.length);
      place += deliveries.length;
      return own?.find((crowd) => crowd !== null) ?? undefined;
    });
  }

  /** Along the turns: what was written of each, or undefined where it was not. */
  depart(written: readonly (TurnWritten | undefined)[]): void {
    const stay = new Set<string>();
    for (const [index, { turn, deliveries }] of this.#planned.entries()) {
      const result = written[index];
      if (result === undefined) for (const { id } of deliveries) stay.add(id);
      else if (result.dropped.length + result.held.length > 0) staying(turn.messages, result, stay);
    }
    const calls = this.#hold?.calls;
    let place = 0;
    const queued: Delivery[] = [];
    for (const { deliveries } of this.#planned) {
      for (const delivery of deliveries) {
        if ((calls?.[place] ?? null) === null && !stay.has(delivery.id)) queued.push(delivery);
        place += 1;
      }
    }
    this.#hold?.begin(stay);
    publishDeliveries(this.#services, queued);
  }

  /** Nothing was written. */
  giveUp(): void {
    this.#hold?.giveUp();
  }

  #mark({ calls }: PlaceHold): void {
    let place = 0;
    for (const { turn, deliveries } of this.#planned) {
      let at = 0;
      for (const message of turn.messages) {
        if (message.id !== deliveries[at]?.id) continue;
        message.start = calls[place] ?? null;
        at += 1;
        place += 1;
      }
    }
  }
}

/** Messages of a run whose dedupe claim was lost, and those that the store held back. */
function staying(messages: readonly NewMessage[], { dropped, held }: TurnWritten, stay: Set<string>): void {
  for (const { id } of held) stay.add(id);
  for (const message of messages) if (dropped.includes(message.runId)) stay.add(message.id);
}
