import { spanIdOf, traceIdOf, tracestateOf } from "../../domain/trace-context.ts";
import type { SpanAttributes, SpanKind } from "../../ports/tracer.ts";
import type { RecordedSpan } from "./span.ts";
import { WireWriter } from "./wire.ts";

/*
 * The body of an OTLP/HTTP request for traces, in its binary form. Field numbers are those of opentelemetry-proto 1:
 * collector/trace/v1/trace_service.proto, trace/v1/trace.proto, resource/v1/resource.proto, common/v1/common.proto.
 */

const kindCode: Readonly<Record<SpanKind, number>> = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 };
const statusError = 2;
const flagSampled = 1;

const firstBytes = 64 * 1024;

/** Makes bodies that all tell of one resource: the process. */
export class OtlpRequests {
  readonly #writer = new WireWriter(firstBytes);
  readonly #resource: SpanAttributes;
  readonly #version: string;

  constructor(resource: SpanAttributes, version: string) {
    this.#resource = resource;
    this.#version = version;
  }

  /** ExportTraceServiceRequest. Fields of a message come last to first: the writer goes towards the beginning. */
  bodyOf(spans: readonly RecordedSpan[]): Buffer {
    const w = this.#writer;
    const resourceSpans = w.mark;
    const scopeSpans = w.mark;
    for (let index = spans.length - 1; index >= 0; index -= 1) {
      const span = spans[index];
      if (span !== undefined) writeSpan(w, 2, span);
    }
    const scope = w.mark;
    w.text(2, this.#version);
    w.text(1, "tidings");
    w.message(1, scope);
    w.message(2, scopeSpans);
    const resource = w.mark;
    writeAttributes(w, 1, this.#resource);
    w.message(1, resource);
    w.message(1, resourceSpans);
    return w.take();
  }
}

function writeSpan(w: WireWriter, number: number, span: RecordedSpan): void {
  const mark = w.mark;
  w.flags(16, flagSampled);
  if (span.fault !== "") {
    const status = w.mark;
    w.whole(3, statusError);
    w.text(2, span.fault);
    w.message(15, status);
  }
  if (span.linksLeftOut > 0) w.whole(14, span.linksLeftOut);
  for (const link of span.links) writeLink(w, 13, link);
  const { added } = span;
  for (let index = 0; index < added.length; index += 2)
    writeAttribute(w, 9, String(added[index]), added[index + 1] ?? "");
  writeAttributes(w, 9, span.attributes);
  w.time(8, span.endedAt);
  w.time(7, span.startedAt);
  w.whole(6, kindCode[span.kind]);
  w.text(5, span.name);
  if (span.parentId !== "") w.hex(4, span.parentId);
  if (span.state !== "") w.text(3, span.state);
  w.hex(2, span.spanId);
  w.hex(1, span.traceId);
  w.message(number, mark);
}

function writeLink(w: WireWriter, number: number, trace: string): void {
  const mark = w.mark;
  const state = tracestateOf(trace);
  w.flags(6, flagSampled);
  if (state !== "") w.text(3, state);
  w.hex(2, spanIdOf(trace));
  w.hex(1, traceIdOf(trace));
  w.message(number, mark);
}

function writeAttributes(w: WireWriter, number: number, attributes: SpanAttributes): void {
  for (const name in attributes) {
    const value = attributes[name];
    if (value !== undefined) writeAttribute(w, number, name, value);
  }
}

/** KeyValue, whose value is an AnyValue. */
function writeAttribute(w: WireWriter, number: number, name: string, value: string | number | boolean): void {
  const mark = w.mark;
  const any = w.mark;
  if (typeof value === "string") w.text(1, value);
  else if (typeof value === "boolean") w.whole(2, value ? 1 : 0);
  else if (Number.isSafeInteger(value) && value >= 0) w.whole(3, value);
  else w.double(4, value);
  w.message(2, any);
  w.text(1, name);
  w.message(number, mark);
}
