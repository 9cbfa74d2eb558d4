import type { Lane } from "@tidings/contract/words";
import type { Delivery } from "../../domain/delivery.ts";
import { isSampled } from "../../domain/trace-context.ts";
import type { QueueItem } from "../../ports/queue.ts";
import type { EventRecord, EventTurn, RunTurn } from "../../ports/store/orchestrate.ts";
import type { Span, SpanAttributes, Tracer } from "../../ports/tracer.ts";

/** A planned turn with its span, where its event is traced. */
export interface Traceable {
  deliveries: readonly Delivery[];
  span?: Span;
}

/** Begins the span of a turn on what came through the queue `kind`. `trace`: text of what it is a part of. */
export function beginTurn(
  tracer: Tracer | undefined,
  kind: "events" | "runs",
  lane: Lane,
  trace: string | null,
  id: string,
  attributes: SpanAttributes,
): Span | undefined {
  if (tracer === undefined || trace === null || !isSampled(trace)) return undefined;
  const queue = `${kind}.${lane}`;
  return tracer.start({
    name: `process ${queue}`,
    kind: "consumer",
    parent: trace,
    attributes: {
      "messaging.system": "tidings",
      "messaging.operation.type": "process",
      "messaging.operation.name": "process",
      "messaging.destination.name": queue,
      "messaging.message.id": id,
      "tidings.lane": lane,
      ...attributes,
    },
  });
}

export function beginEvent(tracer: Tracer | undefined, record: EventRecord, lane: Lane): Span | undefined {
  if (tracer === undefined || record.trace === null) return undefined;
  return beginTurn(tracer, "events", lane, record.trace, record.id, { "tidings.event.name": record.name });
}

/** What the turn sends is a part of it. */
export function adopt(planned: Traceable, span: Span): void {
  planned.span = span;
  for (const delivery of planned.deliveries) delivery.trace = span.trace;
}

/** `isCommitted` is false where another's turn came first. */
export function endTurn(
  span: Span,
  turn: Pick<EventTurn | RunTurn, "messages" | "progress">,
  isCommitted: boolean,
): void {
  const { progress, messages } = turn;
  span.set("tidings.turn.outcome", isCommitted ? progress.kind : "lost");
  span.set("tidings.turn.messages", messages.length);
  span.end(isCommitted && progress.kind === "dead" ? progress.reason : undefined);
}

/** Traces that items carry, by id; undefined where none does, and where nobody would look. */
export function carriedTraces(
  tracer: Tracer | undefined,
  items: readonly QueueItem[],
): ReadonlyMap<string, string> | undefined {
  if (tracer === undefined) return undefined;
  let traces: Map<string, string> | undefined;
  for (const { id, trace } of items) {
    if (trace === undefined) continue;
    traces ??= new Map();
    traces.set(id, trace);
  }
  return traces;
}
