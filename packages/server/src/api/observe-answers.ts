import type { FastifyInstance } from "fastify";
import type { ApiDependencies } from "./dependencies.ts";

/** Tells of every answer, with the operation of its route. */
export function observeAnswers(app: FastifyInstance, tell: ApiDependencies["observe"]): void {
  if (tell === undefined) return;
  app.addHook("onResponse", (request, reply, done) => {
    tell(request.routeOptions.config?.operation ?? "none", reply.statusCode, reply.elapsedTime);
    done();
  });
}
