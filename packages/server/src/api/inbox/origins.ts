import type { FastifyInstance, FastifyRequest } from "fastify";
import { TidingsError } from "../../errors.ts";

/** How long a browser may keep the answer to a preflight, s. */
const preflightSeconds = 600;

/** Whether pages of an origin may use the inbox. `*` in the list lets all; without an `Origin` no page is asking. */
export function isOriginAllowed(allowed: readonly string[], origin: string | undefined, host: string | undefined) {
  if (origin === undefined || allowed.includes("*") || allowed.includes(origin.toLowerCase())) return true;
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === host.toLowerCase();
}

/**
 * Cross-origin requests (Fetch standard, CORS protocol) to the inbox's routes: pages of the configured origins may call,
 * and read answers and problems. Credentials are never allowed: the token is all that counts.
 */
export function allowOrigins(scope: FastifyInstance, allowed: readonly string[]): void {
  scope.addHook("onRequest", (request, reply, done) => {
    reply.header("vary", "origin");
    const { origin } = request.headers;
    if (origin !== undefined && isOriginAllowed(allowed, origin, undefined)) {
      reply.header("access-control-allow-origin", allowed.includes("*") ? "*" : origin);
      reply.header(
        "access-control-expose-headers",
        "retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset",
      );
    }
    done();
  });
  const preflight = async (request: FastifyRequest) => {
    if (!isOriginAllowed(allowed, request.headers.origin, undefined))
      throw new TidingsError("forbidden", {
        detail: "Pages of this origin are not allowed; see TIDINGS_INBOX_ORIGINS",
      });
  };
  for (const url of ["/v1/inbox", "/v1/inbox/*"]) {
    scope.options(url, { config: { operation: "inboxPreflight" } }, async (request, reply) => {
      await preflight(request);
      return reply
        .code(204)
        .header("access-control-allow-methods", "GET, POST")
        .header("access-control-allow-headers", "authorization, content-type, last-event-id")
        .header("access-control-max-age", String(preflightSeconds))
        .send();
    });
  }
}
