import { isSampled } from "../../domain/trace-context.ts";
import type { IntegrationConfiguration } from "../../ports/configuration.ts";
import type { Outcome } from "../../ports/provider.ts";
import type { RequestTrace, Span, Tracer } from "../../ports/tracer.ts";
import type { Ready } from "./place.ts";

/** Spans of the attempts that one call carries. */
export interface SendSpans {
  /** What the call's requests belong to: the first attempt, linked to all others. */
  readonly request: RequestTrace;
  /** The attempt at that place has ended. */
  end(index: number, outcome: Outcome): void;
}

/** Begins a span for each message that is traced; undefined where none is. */
export function beginSends(
  tracer: Tracer,
  ready: readonly Ready[],
  integration: IntegrationConfiguration,
): SendSpans | undefined {
  let spans: (Span | undefined)[] | undefined;
  const traces: string[] = [];
  for (const [index, one] of ready.entries()) {
    const { trace } = one.pending.delivery;
    if (trace === null || !isSampled(trace)) continue;
    const span = tracer.start(startOf(one, trace, integration, ready.length));
    if (span === undefined) continue;
    spans ??= [];
    spans[index] = span;
    traces.push(span.trace);
  }
  const [parent, ...links] = traces;
  if (spans === undefined || parent === undefined) return undefined;
  const begun = spans;
  return {
    request: { parent, links, propagate: false },
    end(index, outcome) {
      const span = begun[index];
      if (span !== undefined) end(span, outcome);
    },
  };
}

function startOf(
  { pending: { delivery } }: Ready,
  parent: string,
  integration: IntegrationConfiguration,
  count: number,
) {
  const { channel, lane } = delivery.origin;
  return {
    name: `send ${channel}`,
    kind: "producer" as const,
    parent,
    attributes: {
      "messaging.system": "tidings",
      "messaging.operation.type": "send",
      "messaging.operation.name": "send",
      "messaging.destination.name": `delivery.${channel}.${lane}`,
      "messaging.message.id": delivery.id,
      ...(count === 1 ? {} : { "messaging.batch.message_count": count }),
      "tidings.event.id": delivery.eventId,
      "tidings.provider": integration.document.provider,
      "tidings.integration": integration.key,
      "tidings.channel": channel,
      "tidings.lane": lane,
      "tidings.attempt": delivery.attempts + 1,
    },
  };
}

function end(span: Span, outcome: Outcome): void {
  span.set("tidings.outcome", outcome.status);
  const fault = outcome.status === "accepted" ? undefined : outcome.code;
  if (fault !== undefined) span.set("error.type", fault);
  span.end(fault);
}
