import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { TidingsError } from "../errors.ts";
import type { Authentication, Caller } from "./authentication.ts";
import type { RateLimit } from "./rate-limit.ts";

/** Who calls, and whether they may now. In one hook, and without a promise where the key is in memory. */
export function protect(scope: FastifyInstance, authentication: Authentication, rate: RateLimit): void {
  const admit = (
    request: FastifyRequest,
    reply: FastifyReply,
    caller: Caller | undefined,
  ): TidingsError | undefined => {
    // One answer for a key that is missing, unknown or revoked: it tells nobody which.
    if (caller === undefined) return new TidingsError("unauthorized");
    request.caller = caller;
    const left = rate.take(caller.keyId);
    reply.header("ratelimit-limit", rate.limit);
    reply.header("ratelimit-remaining", Math.max(0, left));
    reply.header("ratelimit-reset", 1);
    return left < 0 ? new TidingsError("rate_limited", { retryAfterSeconds: 1 }) : undefined;
  };
  scope.addHook("onRequest", (request, reply, done) => {
    try {
      const caller = authentication.callerOf(request.headers.authorization);
      if (!(caller instanceof Promise)) return done(admit(request, reply, caller));
      caller.then((found) => done(admit(request, reply, found)), done);
    } catch (error) {
      done(error instanceof Error ? error : new TidingsError("internal"));
    }
  });
}
