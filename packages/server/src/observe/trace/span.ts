import { spanIdOf, tracestateOf, traceText } from "../../domain/trace-context.ts";
import type { Span, SpanAttributes, SpanKind, SpanStart } from "../../ports/tracer.ts";
import type { SpanClock } from "./span-clock.ts";

export interface SpanParts {
  clock: SpanClock;
  linksMax: number;
  /** Takes a span that has ended. */
  take(span: RecordedSpan): void;
}

/** A span that is told: begun ──▶ ended, once; after that nothing moves it. */
export class RecordedSpan implements Span {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first of a trace. */
  readonly parentId: string;
  readonly state: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: SpanAttributes;
  readonly links: readonly string[];
  /** Links for which there was no room. */
  readonly linksLeftOut: number;
  readonly startedAt: number;
  readonly #parts: SpanParts;
  #trace: string | undefined;
  endedAt = 0;
  /** What `set` added. */
  readonly added: (string | number | boolean)[] = [];
  /** Empty where nothing went wrong. */
  fault = "";

  constructor(
    parts: SpanParts,
    ids: { trace: string; span: string },
    start: Omit<SpanStart, "parent">,
    parent: string,
  ) {
    const { links = [] } = start;
    this.#parts = parts;
    this.traceId = ids.trace;
    this.spanId = ids.span;
    this.parentId = parent === "" ? "" : spanIdOf(parent);
    this.state = parent === "" ? "" : tracestateOf(parent);
    this.name = start.name;
    this.kind = start.kind;
    this.attributes = start.attributes;
    this.links = links.length > parts.linksMax ? links.slice(0, parts.linksMax) : links;
    this.linksLeftOut = links.length - this.links.length;
    this.startedAt = parts.clock.now() - (start.sinceMs ?? 0);
  }

  get trace(): string {
    this.#trace ??= traceText(this.traceId, this.spanId, true, this.state);
    return this.#trace;
  }

  set(name: string, value: string | number | boolean): void {
    if (this.endedAt === 0) this.added.push(name, value);
  }

  end(fault = ""): void {
    if (this.endedAt !== 0) return;
    this.fault = fault;
    this.endedAt = this.#parts.clock.now();
    this.#parts.take(this);
  }
}
