import Fastify, { type FastifyInstance } from "fastify";
import type { InboxConnections } from "../domain/inbox.ts";
import { TidingsError } from "../errors.ts";
import { acceptJson } from "./accept-json.ts";
import { Authentication, type Caller } from "./authentication.ts";
import type { ApiDependencies } from "./dependencies.ts";
import { Environments } from "./environments.ts";
import { registerFeedback } from "./feedback.ts";
import { handlersOf } from "./handlers.ts";
import { registerInbox } from "./inbox/register.ts";
import { registerMachines } from "./machines.ts";
import { registerMailbox } from "./mailbox.ts";
import { observeAnswers } from "./observe-answers.ts";
import { registerOptOut } from "./opt-out/register.ts";
import { errorHandler } from "./problem.ts";
import { protect } from "./protect.ts";
import { RateLimit } from "./rate-limit.ts";
import { registerContract } from "./register-contract.ts";
import { watchSilentConnections } from "./silent-connections.ts";
import { traceRequests } from "./trace-requests.ts";
import { registerTracking } from "./tracking/register.ts";
import { answerUnknownRoutes } from "./unknown-routes.ts";

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
  /** Of pages that watch an inbox, as they are now. */
  readonly inboxConnections: InboxConnections;
  /** A request without a socket, for tests. */
  inject: FastifyInstance["inject"];
}

/** Longest identifier in a path, percent-encoded. */
const parameterLengthMax = 2000;

export async function createApi(dependencies: ApiDependencies): Promise<Api> {
  const { limits, logger, clock, broadcast } = dependencies;
  const app = createServer(dependencies);
  const endSilentConnections = watchSilentConnections(app.server);
  const authentication = new Authentication({ ...limits, store: dependencies.store, clock });
  const unsubscribe = broadcast.subscribe("keys", () => authentication.forget());
  const environments = new Environments(dependencies.store, clock);
  let isStopping = false;

  app.decorateRequest("caller", undefined);
  app.setErrorHandler(errorHandler(logger));
  acceptJson(app, limits.bodyDepthMax);
  app.addHook("onRequest", (_request, _reply, done) => {
    if (!isStopping) return done();
    done(new TidingsError("stopping", { retryAfterSeconds: 1 }));
  });
  observeAnswers(app, dependencies.observe);
  registerMachines(app, dependencies);
  registerMailbox(app, dependencies, environments);
  await registerOptOut(app, dependencies);
  registerTracking(app, dependencies);
  await registerFeedback(app, dependencies, environments);
  const inbox = await registerInbox(app, dependencies);
  await app.register(async (scope) => {
    protect(scope, authentication, new RateLimit(clock, limits.ratePerKeyPerSecond));
    traceRequests(scope, dependencies.tracer);
    registerContract(scope, dependencies, handlersOf(dependencies, environments));
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
      app.server.keepAliveTimeout = 1; // who is answered from now on does not stay
      closed ??= app.close();
      endSilentConnections();
      return closed;
    },
    inboxConnections: inbox.connections,
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
    // Whose word is taken for where a request came from: of nobody, unless it is said.
    trustProxy: [...limits.trustedProxies],
    genReqId: () => `${processId}-${(requests++).toString(36)}`,
    routerOptions: { maxParamLength: parameterLengthMax },
    frameworkErrors: (error, request, reply) => void onFault(error, request, reply),
  });
  app.server.maxConnections = limits.connectionsMax;
  return app;
}
