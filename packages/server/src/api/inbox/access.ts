import type { InboxScope } from "@tidings/contract/inbox-tokens";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { TidingsError } from "../../errors.ts";
import type { ApiDependencies } from "../dependencies.ts";
import type { RateLimit } from "../rate-limit.ts";
import { type InboxToken, readToken } from "./token.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Whose token the request carries; on the routes of the inbox only. */
    visitor: InboxToken | undefined;
  }
  interface FastifyContextConfig {
    /** What the token must allow. */
    scope?: InboxScope;
    /** The token may stand in the query, where a browser cannot send a header. */
    tokenInQuery?: boolean;
  }
}

/** Tokens live longer than an API key is, as they carry their claims. */
const tokenLengthMax = 4096;

/** One answer for a token that is missing, wrong, expired or revoked. */
export function tokenRefused(): TidingsError {
  return new TidingsError("unauthorized", { detail: "The recipient's token is missing, wrong, expired or revoked" });
}

export function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length > tokenLengthMax) return undefined;
  return /^bearer +([\x21-\x7e]+) *$/i.exec(authorization)?.[1];
}

/** Who visits, and whether they may now: by the token alone, before a body is read. */
export function protectInbox(
  scope: FastifyInstance,
  { keyring, clock }: Pick<ApiDependencies, "keyring" | "clock">,
  rate: RateLimit,
): void {
  const admit = (request: FastifyRequest, reply: FastifyReply): void => {
    const { scope: needed, tokenInQuery = false } = request.routeOptions.config;
    // A preflight carries no token (Fetch standard, CORS-preflight fetch).
    if (needed === undefined) return;
    const text = bearerToken(request.headers.authorization) ?? (tokenInQuery ? queryToken(request.query) : undefined);
    const token = text === undefined ? undefined : readToken(keyring, text, clock.now());
    if (token === undefined) throw tokenRefused();
    request.visitor = token;
    const left = rate.take(token.id);
    reply.header("ratelimit-limit", rate.limit);
    reply.header("ratelimit-remaining", Math.max(0, left));
    reply.header("ratelimit-reset", 1);
    if (left < 0) throw new TidingsError("rate_limited", { retryAfterSeconds: 1 });
    if (!token.scopes.includes(needed))
      throw new TidingsError("forbidden", { detail: `The token has not the scope ${needed}` });
  };
  scope.addHook("onRequest", (request, reply, done) => {
    try {
      admit(request, reply);
      done();
    } catch (error) {
      done(error instanceof Error ? error : new TidingsError("internal"));
    }
  });
}

function queryToken(query: unknown): string | undefined {
  const token: unknown = typeof query === "object" && query !== null ? Reflect.get(query, "token") : undefined;
  return typeof token === "string" && token.length <= tokenLengthMax ? token : undefined;
}
