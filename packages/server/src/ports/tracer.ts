/*
 * Distributed tracing as the stages see it. Where it is off there is no tracer at all (`undefined`), so that a stage makes
 * nothing for it: no object, no name, no clock reading.
 */

export type SpanKind = "internal" | "server" | "client" | "producer" | "consumer";

/** Free of addresses, content and secrets, as log lines are. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanStart {
  name: string;
  kind: SpanKind;
  /** The text (domain/trace-context) of what it is a part of. */
  parent: string;
  attributes: SpanAttributes;
  /** Texts of other spans that it serves as well. */
  links?: readonly string[];
  /** How long ago it began; now where left out. */
  sinceMs?: number;
}

/** A piece of work that is recorded. What is never ended is never told. */
export interface Span {
  /** Its own text: for what is a part of it, here, in a queue or at a far side. */
  readonly trace: string;
  set(name: string, value: string | number | boolean): void;
  /** `fault` names what went wrong, in a code. */
  end(fault?: string): void;
}

/** What a request came with, or began. */
export interface Received {
  /** For all that the request leads to; undefined where nothing is recorded and nothing was given. */
  trace: string | undefined;
  span: Span | undefined;
}

export interface Tracer {
  /** A span of a request with these headers: part of its caller's trace, else, if it is sampled, the first of a trace. */
  receive(headers: Readonly<Record<string, unknown>>, start: Omit<SpanStart, "parent">): Received;
  /** Undefined where its trace is not recorded. */
  start(start: SpanStart): Span | undefined;
}

/** What a request to the outside is a part of. */
export interface RequestTrace {
  parent: string;
  links?: readonly string[];
  /** Whether the far side is told: it is where it is the application's own. */
  propagate: boolean;
}

/** A request to the application's own systems, which are told of the trace; undefined where there is none. */
export function toOwnSystem(trace: string | null): RequestTrace | undefined {
  return trace === null ? undefined : { parent: trace, propagate: true };
}
