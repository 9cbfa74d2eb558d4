import { isSampled, traceIdOf, traceOfHeaders } from "../../domain/trace-context.ts";
import type { Random } from "../../ports/random.ts";
import type { Received, Span, SpanStart, Tracer } from "../../ports/tracer.ts";
import { RecordedSpan, type SpanParts } from "./span.ts";
import type { SpanIds } from "./span-ids.ts";

interface Options extends SpanParts {
  ids: SpanIds;
  random: Pick<Random, "number">;
  /** Of traces that begin here; others are recorded where their caller says so. */
  ratio: number;
}

/** Makes spans of what is sampled, and nothing of what is not. */
export class OtlpTracer implements Tracer {
  readonly #on: Options;

  constructor(options: Options) {
    this.#on = options;
  }

  receive(headers: Readonly<Record<string, unknown>>, start: Omit<SpanStart, "parent">): Received {
    const { ids, random, ratio } = this.#on;
    const given = traceOfHeaders(headers["traceparent"], headers["tracestate"]);
    if (given === undefined) {
      if (ratio === 0 || random.number() >= ratio) return unrecorded;
      const span = new RecordedSpan(this.#on, { trace: ids.trace(), span: ids.span() }, start, "");
      return { trace: span.trace, span };
    }
    const span = this.start({ ...start, parent: given });
    return { trace: span?.trace ?? given, span };
  }

  start(start: SpanStart): Span | undefined {
    const { parent } = start;
    if (!isSampled(parent)) return undefined;
    return new RecordedSpan(this.#on, { trace: traceIdOf(parent), span: this.#on.ids.span() }, start, parent);
  }
}

const unrecorded: Received = { trace: undefined, span: undefined };
