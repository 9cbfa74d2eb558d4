import { inboxStreamQuerySchema } from "@tidings/contract/inbox";
import type { InboxScope } from "@tidings/contract/inbox-tokens";
import type { Route } from "@tidings/contract/route";
import { routes } from "@tidings/contract/routes";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { InboxConnections } from "../../domain/inbox.ts";
import { TidingsError } from "../../errors.ts";
import { sendAnswer } from "../answer.ts";
import type { ApiDependencies } from "../dependencies.ts";
import { RateLimit } from "../rate-limit.ts";
import { valid } from "../validation.ts";
import { protectInbox, tokenRefused } from "./access.ts";
import { InboxFeed } from "./feed.ts";
import { InboxHub } from "./hub.ts";
import { allowOrigins } from "./origins.ts";
import { InboxSockets } from "./socket.ts";
import { StreamConnection } from "./stream.ts";
import type { InboxToken } from "./token.ts";
import { takeUpgrades } from "./upgrade.ts";

export interface InboxFace {
  readonly connections: InboxConnections;
  start(): void;
  /** Closes all sockets and streams; what is under way otherwise is answered. Safe to call twice. */
  stop(): void;
}

/** The inbox's routes, with a recipient's token in place of an API key; the event stream and the socket. */
export async function registerInbox(app: FastifyInstance, dependencies: ApiDependencies): Promise<InboxFace> {
  const { inbox, clock, keyring, logger } = dependencies;
  const hub = new InboxHub({
    ...dependencies,
    limits: inbox,
    onFault: (error) => logger.error({ err: error }, "an inbox could not be read for those who watch it"),
  });
  let isStopping = false;
  const sockets = new InboxSockets({ hub, keyring, clock });
  takeUpgrades(app.server, {
    origins: inbox.origins,
    isStopping: () => isStopping,
    take: (request, socket, head) => sockets.take(request, socket, head),
  });
  await app.register(async (scope) => {
    scope.decorateRequest("visitor", undefined);
    allowOrigins(scope, inbox.origins);
    protectInbox(scope, dependencies, new RateLimit(clock, inbox.ratePerTokenPerSecond));
    registerRoutes(scope, hub, new InboxFeed(dependencies), dependencies);
  });
  return {
    connections: hub.connections,
    start: () => hub.start(),
    stop() {
      isStopping = true;
      hub.stop();
    },
  };
}

function registerRoutes(scope: FastifyInstance, hub: InboxHub, feed: InboxFeed, { limits }: ApiDependencies): void {
  for (const route of routes) {
    if (route.token !== "recipient") continue;
    const url = route.path.replaceAll(/\{(\w+)\}/g, ":$1");
    const { operation } = route;
    if (operation === "watchInboxBySocket") {
      scope.route({ method: route.method, url, config: { operation }, handler: refuseWithoutUpgrade });
      continue;
    }
    const isStream = operation === "watchInboxByEvents";
    const needed: InboxScope = route.method === "GET" ? "inbox:read" : "inbox:write";
    const config = { operation, scope: needed, tokenInQuery: isStream };
    const handler = isStream ? stream(hub) : answer(route, feed);
    // A HEAD of a stream would never end.
    const exposeHeadRoute = !isStream;
    scope.route({ method: route.method, url, bodyLimit: limits.bodyBytesMax, config, exposeHeadRoute, handler });
  }
}

function answer(route: Route, { handlers }: InboxFeed) {
  const handler = handlers[route.operation];
  if (handler === undefined) throw new Error(`the route ${route.operation} has no handler`);
  return async (request: FastifyRequest, reply: FastifyReply) => {
    reply.header("cache-control", "no-store");
    return sendAnswer(reply, route.status, await handler(request, visitorOf(request)));
  };
}

function stream(hub: InboxHub) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const visitor = visitorOf(request);
    const { after } = valid(inboxStreamQuerySchema, request.query);
    // What the browser has got is newer than what the page began with.
    const last = request.headers["last-event-id"];
    const resumed =
      last === undefined || last === "" ? {} : valid(inboxStreamQuerySchema, { after: last }, "Last-Event-ID");
    const connection = new StreamConnection(request, reply);
    reply.raw.once("close", hub.join(visitor, resumed.after ?? after, connection));
  };
}

function visitorOf(request: FastifyRequest): InboxToken {
  if (request.visitor === undefined) throw tokenRefused();
  return request.visitor;
}

async function refuseWithoutUpgrade(_request: FastifyRequest, reply: FastifyReply): Promise<never> {
  reply.header("upgrade", "websocket");
  throw new TidingsError("upgrade_required");
}
