import { openApiDocument } from "@tidings/contract/openapi";
import type { FastifyInstance } from "fastify";
import type { ApiDependencies } from "./dependencies.ts";

type MachineDependencies = Pick<ApiDependencies, "readiness" | "metrics" | "version">;

/** Routes for machines: no key, nothing about anybody. */
export function registerMachines(app: FastifyInstance, { readiness, metrics, version }: MachineDependencies): void {
  app.get("/healthz", { config: { operation: "getHealth" } }, () => ({ status: "ok" }));

  app.get("/readyz", { config: { operation: "getReadiness" } }, async (_request, reply) => {
    const checks = await readiness();
    const isReady = Object.values(checks).every((check) => check.ok);
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? "ready" : "unready", checks });
  });

  app.get("/metrics", { config: { operation: "getMetrics" } }, async (_request, reply) => {
    const { contentType, text } = await metrics();
    return reply.header("content-type", contentType).send(text);
  });

  // It never changes while the process runs.
  const document = JSON.stringify(openApiDocument(version));
  app.get("/openapi.json", { config: { operation: "getOpenApi" } }, (_request, reply) =>
    reply.header("content-type", "application/json; charset=utf-8").send(document),
  );
}
