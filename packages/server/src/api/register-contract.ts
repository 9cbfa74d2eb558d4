import { routes } from "@tidings/contract/routes";
import type { FastifyInstance } from "fastify";
import { TidingsError } from "../errors.ts";
import { acceptText } from "./accept-text.ts";
import { sendAnswer } from "./answer.ts";
import { bodyBytesOf } from "./body-bounds.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Handlers } from "./handler.ts";

/** Registers what the contract lists; a route without a handler, or the other way round, fails the start. */
export function registerContract(scope: FastifyInstance, { limits }: ApiDependencies, handlers: Handlers): void {
  const left = new Set(Object.keys(handlers));
  for (const route of routes) {
    if (route.open) continue;
    const handler = handlers[route.operation];
    if (handler === undefined) throw new Error(`the route ${route.operation} has no handler`);
    left.delete(route.operation);
    const add = (place: FastifyInstance) =>
      place.route({
        method: route.method,
        url: route.path.replaceAll(/\{(\w+)\}/g, ":$1"),
        bodyLimit: bodyBytesOf(route.operation, limits),
        config: { operation: route.operation },
        handler: async (request, reply) => {
          if (request.caller === undefined) throw new TidingsError("unauthorized");
          return sendAnswer(reply, route.status, await handler(request, request.caller, reply));
        },
      });
    const { accepts } = route;
    if (accepts === undefined) add(scope);
    else
      scope.register(async (own) => {
        acceptText(own, accepts);
        add(own);
      });
  }
  if (left.size > 0) throw new Error(`no route for ${[...left].join(", ")}`);
}
