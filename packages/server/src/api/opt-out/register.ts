import type { FastifyInstance } from "fastify";
import type { ApiDependencies } from "../dependencies.ts";
import { RateLimit } from "../rate-limit.ts";
import { type OpenedLink, openLink } from "./link.ts";
import { type OptOutPage, sendPage } from "./page.ts";
import { preferencesPage, savePreferences } from "./preferences.ts";
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

    const page = (
      method: "GET" | "POST",
      path: "u" | "p",
      operation: string,
      answer: (link: OpenedLink, body: unknown) => Promise<OptOutPage>,
    ): void => {
      scope.route({
        method: method === "GET" ? ["GET", "HEAD"] : method,
        url: `/${path}/:token`,
        bodyLimit: optOut.bodyBytesMax,
        config: { operation },
        handler: async (request, reply) => {
          const link = await openLink(request, reply, rate, dependencies);
          return link === undefined ? reply : sendPage(reply, 200, await answer(link, request.body));
        },
      });
    };

    page("GET", "u", "showUnsubscribe", (link) => unsubscribePage(dependencies, link, false));
    page("POST", "u", "unsubscribe", async (link) => {
      await unsubscribe(dependencies, link.token);
      return unsubscribePage(dependencies, link, true);
    });
    page("GET", "p", "showPreferences", (link) => preferencesPage(dependencies, link, false));
    page("POST", "p", "savePreferences", async (link, body) => {
      await savePreferences(dependencies, link, body);
      return preferencesPage(dependencies, link, true);
    });
  });
}
