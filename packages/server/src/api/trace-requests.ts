import type { FastifyInstance } from "fastify";
import type { Received, Tracer } from "../ports/tracer.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Of requests that are traced, where tracing is on. */
    received: Received | undefined;
  }
}

/** Operations that begin what a trace is about. */
const traced: ReadonlySet<string> = new Set(["sendEvent", "sendEvents", "sendMessage"]);

const serverFaultFrom = 500;

/**
 * A span for each call that takes something in, from when it arrived until it was answered. To be registered behind
 * authentication: who has no key fills nobody's trace store. Where nothing is traced no hook is registered.
 */
export function traceRequests(scope: FastifyInstance, tracer: Tracer | undefined): void {
  scope.decorateRequest("received", undefined);
  if (tracer === undefined) return;
  scope.addHook("onRequest", (request, reply, done) => {
    const { config, url } = request.routeOptions;
    if (traced.has(config?.operation ?? "")) {
      const route = url ?? "";
      request.received = tracer.receive(request.headers, {
        name: `${request.method} ${route}`,
        kind: "server",
        attributes: {
          "http.request.method": request.method,
          "http.route": route,
          "url.path": route,
          "url.scheme": request.protocol,
        },
        sinceMs: reply.elapsedTime,
      });
    }
    done();
  });
  scope.addHook("onResponse", ({ received }, { statusCode }, done) => {
    const span = received?.span;
    if (span !== undefined) {
      span.set("http.response.status_code", statusCode);
      // By OpenTelemetry's conventions a refusal is no fault of the server.
      span.end(statusCode >= serverFaultFrom ? String(statusCode) : undefined);
    }
    done();
  });
}
