import { isSampled, traceparentOf, tracestateOf } from "../../domain/trace-context.ts";
import type { OutboundHttp, OutboundRequest, OutboundResponse } from "../../ports/provider.ts";
import type { RequestTrace, Span, Tracer } from "../../ports/tracer.ts";

const refusedFrom = 400;

/**
 * The guarded client with a span for each request that belongs to a trace, named and described by OpenTelemetry's
 * conventions for HTTP clients. Of the address only the origin is told: paths and queries carry tokens, and ids of people.
 */
export class TracedHttp implements OutboundHttp {
  readonly #http: OutboundHttp;
  readonly #tracer: Tracer;

  constructor(http: OutboundHttp, tracer: Tracer) {
    this.#http = http;
    this.#tracer = tracer;
  }

  request(request: OutboundRequest): Promise<OutboundResponse> {
    const { trace } = request;
    return trace === undefined ? this.#http.request(request) : this.#traced(request, trace);
  }

  async #traced(request: OutboundRequest, trace: RequestTrace): Promise<OutboundResponse> {
    const { method, url } = request;
    const span = isSampled(trace.parent)
      ? this.#tracer.start({
          name: method,
          kind: "client",
          parent: trace.parent,
          links: trace.links ?? [],
          attributes: { "http.request.method": method, ...addressOf(url) },
        })
      : undefined;
    const response = await this.#http.request(
      trace.propagate ? { ...request, headers: told(request.headers, span?.trace ?? trace.parent) } : request,
    );
    if (span !== undefined) end(span, response);
    return response;
  }
}

function end(span: Span, response: OutboundResponse): void {
  if (response.status === "response") span.set("http.response.status_code", response.statusCode);
  const fault = faultOf(response);
  if (fault !== undefined) span.set("error.type", fault);
  span.end(fault);
}

function faultOf(response: OutboundResponse): string | undefined {
  if (response.status !== "response") return response.code;
  return response.statusCode < refusedFrom ? undefined : String(response.statusCode);
}

function addressOf(text: string) {
  if (!URL.canParse(text)) return {};
  const { protocol, hostname, port, origin, pathname } = new URL(text);
  const { length } = hostname;
  return {
    "server.address": hostname.startsWith("[") ? hostname.slice(1, length - 1) : hostname,
    "server.port": port === "" ? (protocol === "http:" ? 80 : 443) : Number(port),
    "url.full": `${origin}${pathname === "/" ? "/" : "/REDACTED"}`,
  };
}

function told(headers: Record<string, string>, trace: string): Record<string, string> {
  const state = tracestateOf(trace);
  return { ...headers, traceparent: traceparentOf(trace), ...(state === "" ? {} : { tracestate: state }) };
}
