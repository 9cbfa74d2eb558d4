import type { FastifyInstance } from "fastify";
import type { ApiDependencies } from "../dependencies.ts";
import { RateLimit } from "../rate-limit.ts";
import { openLink } from "./link.ts";
import { sendPage } from "./page.ts";
import { unsubscribe, unsubscribePage } from "./unsubscribe.ts";

type OptOutDependencies = Pick<ApiDependencies, "keyring" | "clock" | "store" | "configuration" | "optOut">;

/**
 * Pages by which recipients say no. Who calls has no key but the link. A POST does what the link says, without cookie,
 * redirect or question (RFC 8058 §3.2); GET and HEAD show and change nothing, as scanners of mail follow links.
 */
export async function registerOptOut(app: FastifyInstance, dependencies: OptOutDependencies): Promise<void> {
  const { clock, optOut } = dependencies;
  const rate = new RateLimit(clock, optOut.ratePerLinkPerSecond);
  await app.register(async (scope) => {
    // Mail clients send the one field as a form of either kind; what it says is of no matter.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, bytes, done) => done(null, bytes));

    scope.route({
      method: ["GET", "HEAD"],
      url: "/u/:token",
      config: { operation: "showUnsubscribe" },
      handler: async (request, reply) => {
        const link = await openLink(request, reply, rate, dependencies);
        return link === undefined ? reply : sendPage(reply, 200, await unsubscribePage(dependencies, link, false));
      },
    });

    scope.route({
      method: "POST",
      url: "/u/:token",
      bodyLimit: optOut.bodyBytesMax,
      config: { operation: "unsubscribe" },
      handler: async (request, reply) => {
        const link = await openLink(request, reply, rate, dependencies);
        if (link === undefined) return reply;
        await unsubscribe(dependencies, link.token);
        return sendPage(reply, 200, await unsubscribePage(dependencies, link, true));
      },
    });
  });
}
