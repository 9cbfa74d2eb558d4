import type { WorkflowBody } from "@tidings/contract/workflows";
import { type AwaitedEvent, type AwaitedPattern, awaitedEvents, patternsOf } from "../domain/awaited-events.ts";

/** An earlier version's events, and until when its runs may wait for them. */
interface Superseded extends AwaitedEvent {
  until: number;
}

function byEvent<Of extends AwaitedEvent>(all: readonly Of[]): Map<string, Of[]> {
  const groups = new Map<string, Of[]>();
  for (const one of all) groups.set(one.event, [...(groups.get(one.event) ?? []), one]);
  return groups;
}

const none: readonly AwaitedPattern[] = [];

/** The events that runs of one environment may wait for, by name. */
export class AwaitedIndex {
  #current: ReadonlyMap<string, readonly AwaitedPattern[]> = new Map();
  #superseded: ReadonlyMap<string, readonly Superseded[]> = new Map();

  setCurrent(workflows: Iterable<{ document: WorkflowBody }>): void {
    const all = [...workflows].flatMap(({ document }) => awaitedEvents(document.steps));
    this.#current = new Map([...byEvent(all)].map(([event, awaited]) => [event, patternsOf(awaited)]));
  }

  setSuperseded(versions: Iterable<{ document: WorkflowBody; supersededAt: number }>): void {
    const all = [...versions].flatMap(({ document, supersededAt }) =>
      awaitedEvents(document.steps).map((awaited) => ({ ...awaited, until: supersededAt + awaited.spanMs })),
    );
    this.#superseded = byEvent(all);
  }

  of(eventName: string, now: number): readonly AwaitedPattern[] {
    const current = this.#current.get(eventName) ?? none;
    const superseded = this.#superseded.get(eventName)?.filter(({ until }) => until > now) ?? none;
    return superseded.length === 0 ? current : patternsOf([...current, ...superseded]);
  }
}
