import type { FastifyReply, FastifyRequest } from "fastify";
import type { Caller } from "./authentication.ts";

/** Answers a route of the contract; what it gives is sent as JSON with the route's status. */
export type Handler = (request: FastifyRequest, caller: Caller, reply: FastifyReply) => unknown;

/** Handlers by the operation of their route. */
export type Handlers = Readonly<Record<string, Handler>>;
