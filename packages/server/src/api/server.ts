import { routes } from "@tidings/contract/routes";
import Fastify, { type FastifyInstance } from "fastify";
import { TidingsError } from "../errors.ts";
import { sendAnswer } from "./answer.ts";
import { apiKeyHandlers } from "./api-keys.ts";
import { bodyBytesWithAttachments } from "./attachments.ts";
import { Authentication, type Caller } from "./authentication.ts";
import { configurationHandlers } from "./configuration.ts";
import { deadLetterHandlers } from "./dead-letters.ts";
import type { ApiDependencies } from "./dependencies.ts";
import { Environments } from "./environments.ts";
import { eventHandlers } from "./events.ts";
import { registerFeedback } from "./feedback.ts";
import type { Handlers } from "./handler.ts";
import { registerInbox } from "./inbox/register.ts";
import { inboxTokenHandlers } from "./inbox/tokens.ts";
import { parseJsonBody } from "./json-body.ts";
import { registerMachines } from "./machines.ts";
import { registerMailbox } from "./mailbox.ts";
import { messageHandlers } from "./messages.ts";
import { previewHandlers } from "./preview.ts";
import { errorHandler } from "./problem.ts";
import { protect } from "./protect.ts";
import { RateLimit } from "./rate-limit.ts";
import { recipientHandlers } from "./recipients.ts";
import { tenantHandlers } from "./tenants.ts";
import { answerUnknownRoutes } from "./unknown-routes.ts";
import { webhookDeliveryHandlers } from "./webhook-deliveries.ts";
import { webhookHandlers } from "./webhooks.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Undefined on routes that take no key. */
    caller: Caller | undefined;
  }
  interface FastifyContextConfig {
    /** Operation of the contract, for metrics. */
    operation?: string;
  }
}

export interface Api {
  /** Resolves once it listens; gives the port, which is a free one where 0 was asked for. */
  listen(host: string, port: number): Promise<number>;
  /** Takes nothing more; resolves when what is under way was answered. Safe to call twice. */
  close(): Promise<void>;
  /** A request without a socket, for tests. */
  inject: FastifyInstance["inject"];
}

/** Longest identifier in a path, percent-encoded. */
const parameterLengthMax = 2000;

export async function createApi(dependencies: ApiDependencies): Promise<Api> {
  const { limits, logger, clock, broadcast } = dependencies;
  const app = createServer(dependencies);
  const authentication = new Authentication({ ...limits, store: dependencies.store, clock });
  const unsubscribe = broadcast.subscribe("keys", () => authentication.forget());
  const environments = new Environments(dependencies.store, clock);
  let isStopping = false;

  app.decorateRequest("caller", undefined);
  app.setErrorHandler(errorHandler(logger));
  acceptJson(app, limits.bodyDepthMax);
  app.addHook("onRequest", (_request, reply, done) => {
    if (!isStopping) return done();
    reply.header("connection", "close");
    done(new TidingsError("stopping", { retryAfterSeconds: 1 }));
  });
  observe(app, dependencies);
  registerMachines(app, dependencies);
  registerMailbox(app, dependencies, environments);
  await registerFeedback(app, dependencies, environments);
  const inbox = await registerInbox(app, dependencies);
  await app.register(async (scope) => {
    protect(scope, authentication, new RateLimit(clock, limits.ratePerKeyPerSecond));
    registerContract(scope, dependencies, {
      ...eventHandlers(dependencies),
      ...messageHandlers(dependencies),
      ...recipientHandlers(dependencies),
      ...inboxTokenHandlers(dependencies),
      ...configurationHandlers(dependencies.configuration),
      ...previewHandlers(dependencies),
      ...tenantHandlers(dependencies),
      ...deadLetterHandlers(dependencies),
      ...apiKeyHandlers(dependencies, environments),
      ...webhookHandlers(dependencies),
      ...webhookDeliveryHandlers(dependencies),
    });
  });
  answerUnknownRoutes(app);
  await app.ready();

  let closed: Promise<void> | undefined;
  return {
    async listen(host, port) {
      await app.listen({ host, port });
      inbox.start();
      const address = app.server.address();
      return typeof address === "object" && address !== null ? address.port : port;
    },
    close() {
      isStopping = true;
      unsubscribe();
      inbox.stop();
      closed ??= app.close();
      return closed;
    },
    inject: app.inject.bind(app),
  };
}

function createServer({ limits, logger }: ApiDependencies): FastifyInstance {
  const onFault = errorHandler(logger);
  // Unique among processes too, so that a problem's id leads to one line of one log.
  const processId = Math.random().toString(36).slice(2, 8);
  let requests = 0;
  const app = Fastify({
    logger: false,
    bodyLimit: limits.bodyBytesMax,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    // Idle connections are closed at once when the server stops; busy ones after their answer.
    forceCloseConnections: "idle",
    return503OnClosing: false,
    requestIdHeader: false,
    genReqId: () => `${processId}-${(requests++).toString(36)}`,
    routerOptions: { maxParamLength: parameterLengthMax },
    frameworkErrors: (error, request, reply) => {
      onFault(error, request, reply);
    },
  });
  app.server.maxConnections = limits.connectionsMax;
  return app;
}

/** JSON alone, in UTF-8 and as it is: a compressed body could grow without end. */
function acceptJson(app: FastifyInstance, depthMax: number): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, bytes, done) => {
    const encoding = request.headers["content-encoding"];
    if (encoding !== undefined && encoding !== "identity") return done(new TidingsError("unsupported_media_type"));
    if (bytes.length === 0) return done(null, undefined);
    try {
      done(null, parseJsonBody(Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes), depthMax));
    } catch (error) {
      done(error instanceof Error ? error : new TidingsError("internal"));
    }
  });
}

function bodyLimitOf(operation: string, limits: ApiDependencies["limits"]): number {
  if (operation === "sendEvents") return limits.batchBodyBytesMax;
  if (operation !== "sendMessage") return limits.bodyBytesMax;
  return bodyBytesWithAttachments(limits.bodyBytesMax, limits.messageAttachmentsBytesMax);
}

/** Registers what the contract lists; a route without a handler, or the other way round, fails the start. */
function registerContract(scope: FastifyInstance, { limits }: ApiDependencies, handlers: Handlers): void {
  const left = new Set(Object.keys(handlers));
  for (const route of routes) {
    if (route.open) continue;
    const handler = handlers[route.operation];
    if (handler === undefined) throw new Error(`the route ${route.operation} has no handler`);
    left.delete(route.operation);
    scope.route({
      method: route.method,
      url: route.path.replaceAll(/\{(\w+)\}/g, ":$1"),
      bodyLimit: bodyLimitOf(route.operation, limits),
      config: { operation: route.operation },
      handler: async (request, reply) => {
        if (request.caller === undefined) throw new TidingsError("unauthorized");
        return sendAnswer(reply, route.status, await handler(request, request.caller, reply));
      },
    });
  }
  if (left.size > 0) throw new Error(`no route for ${[...left].join(", ")}`);
}

function observe(app: FastifyInstance, dependencies: ApiDependencies): void {
  const tell = dependencies.observe;
  if (tell === undefined) return;
  app.addHook("onResponse", (request, reply, done) => {
    tell(request.routeOptions.config?.operation ?? "none", reply.statusCode, reply.elapsedTime);
    done();
  });
}
