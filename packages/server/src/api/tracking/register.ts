import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isMachineVisit } from "../../domain/machine-visit.ts";
import { type ClickToken, type OpenToken, readClickToken, readOpenToken } from "../../domain/tracking-token.ts";
import type { VisitKind } from "../../domain/visit.ts";
import type { ApiDependencies } from "../dependencies.ts";
import { sendPage } from "../opt-out/page.ts";
import { textsFor } from "../opt-out/texts.ts";
import { RateLimit } from "../rate-limit.ts";
import { parameter } from "../validation.ts";

type TrackingDependencies = Pick<ApiDependencies, "keyring" | "clock" | "visits" | "optOut">;

/** A GIF of one transparent point (https://www.w3.org/Graphics/GIF/spec-gif89a.txt). */
const picture = Buffer.from("R0lGODlhAQABAIAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==", "base64");

/**
 * Where tracked mail leads. Who calls has no key but the link, and asks nothing of the store: they are led on, or have the
 * picture, from what is signed alone, and what they did waits to be recorded. HEAD answers the same and records nothing; nor does what a
 * program does. Nobody is led anywhere by a link that is not ours.
 */
export function registerTracking(app: FastifyInstance, dependencies: TrackingDependencies): void {
  const { keyring, clock, visits, optOut } = dependencies;
  const rate = new RateLimit(clock, optOut.ratePerLinkPerSecond);

  const note = (kind: VisitKind, { environmentId, messageId }: OpenToken, request: FastifyRequest): void => {
    if (request.method === "HEAD") return;
    if (isMachineVisit(request.headers)) visits.passOver(kind);
    else visits.record({ environmentId, messageId, kind, at: clock.now() });
  };

  app.route({
    method: ["GET", "HEAD"],
    url: "/c/:token",
    config: { operation: "followLink" },
    handler: async (request, reply) => {
      const text = parameter(request, "token");
      const token = readClickToken(keyring, text, clock.now());
      const status = statusOf(token, text, rate);
      if (typeof token !== "object" || status !== 302) return refuse(request, reply, status);
      note("clicked", token, request);
      return kept(reply.code(302).header("location", token.target)).send();
    },
  });
  app.route({
    method: ["GET", "HEAD"],
    url: "/o/:token",
    config: { operation: "showPicture" },
    handler: async (request, reply) => {
      const text = parameter(request, "token");
      const token = readOpenToken(keyring, text, clock.now());
      const status = statusOf(token, text, rate);
      if (typeof token !== "object" || status !== 302) return kept(reply.code(status)).send();
      note("opened", token, request);
      return kept(reply.code(200).type("image/gif")).send(picture);
    },
  });
}

/** 302 where nothing stands against it. */
function statusOf(token: ClickToken | OpenToken | "expired" | undefined, text: string, rate: RateLimit): number {
  if (token === undefined) return 404;
  if (token === "expired") return 410;
  return rate.take(text) < 0 ? 429 : 302;
}

/** By nobody, on the way or at its end: it would be noticed once, and the next page told where the reader comes from. */
function kept(reply: FastifyReply): FastifyReply {
  return reply
    .header("cache-control", "no-store")
    .header("referrer-policy", "no-referrer")
    .header("x-content-type-options", "nosniff")
    .header("x-robots-tag", "noindex, nofollow");
}

/** In words, as somebody stands before it. */
function refuse(request: FastifyRequest, reply: FastifyReply, status: number): FastifyReply {
  const { language, texts } = textsFor("", request.headers["accept-language"]);
  const why = status === 429 ? texts.tooMany : status === 410 ? texts.expired : texts.broken;
  if (status === 429) reply.header("retry-after", "1");
  const main = `<h1>${texts.unavailable}</h1>\n<p>${why}</p>`;
  return sendPage(reply, status, { language, title: texts.unavailable, brand: undefined, main });
}
