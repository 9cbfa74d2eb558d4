import type { FastifyInstance, FastifyRequest } from "fastify";
import { type ConsentToken, readConsentToken } from "../../domain/consent-token.ts";
import type { OptOutToken } from "../../domain/opt-out-token.ts";
import type { ApiDependencies } from "../dependencies.ts";
import { RateLimit } from "../rate-limit.ts";
import { saveCentre } from "./centre-form.ts";
import { centrePage } from "./centre-page.ts";
import { confirmationOf, confirmConsent, confirmPage } from "./confirm.ts";
import { type LinkReader, type OpenedLink, openLink, optOutLink } from "./link.ts";
import { type OptOutPage, sendPage } from "./page.ts";
import { speakerOf } from "./said-by-link.ts";
import { unsubscribe, unsubscribePage } from "./unsubscribe.ts";

type OptOutDependencies = Pick<
  ApiDependencies,
  "keyring" | "clock" | "store" | "configuration" | "optOut" | "ids" | "ingest"
>;

type AnyToken = OptOutToken | ConsentToken;

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

    const page = <Token extends AnyToken>(
      method: "GET" | "POST",
      path: "u" | "p" | "p/confirm",
      operation: string,
      read: LinkReader<Token>,
      answer: (link: OpenedLink<Token>, request: FastifyRequest) => Promise<OptOutPage>,
    ): void => {
      scope.route({
        method: method === "GET" ? ["GET", "HEAD"] : method,
        url: `/${path}/:token`,
        bodyLimit: optOut.bodyBytesMax,
        config: { operation },
        handler: async (request, reply) => {
          const link = await openLink(request, reply, rate, dependencies, read);
          return link === undefined ? reply : sendPage(reply, 200, await answer(link, request));
        },
      });
    };
    const speaker = ({ token, language }: OpenedLink<AnyToken>, request: FastifyRequest) =>
      speakerOf(request, { environmentId: token.environmentId, recipient: token.recipient, language });

    page("GET", "u", "showUnsubscribe", optOutLink, (link) => unsubscribePage(dependencies, link, false));
    page("POST", "u", "unsubscribe", optOutLink, async (link, request) => {
      await unsubscribe(dependencies, link.token, speaker(link, request));
      return unsubscribePage(dependencies, link, true);
    });
    page("GET", "p", "showPreferences", optOutLink, (link) => centrePage(dependencies, link, false));
    page("POST", "p", "savePreferences", optOutLink, async (link, request) => {
      await saveCentre(dependencies, link, speaker(link, request), request.body);
      return centrePage(dependencies, link, true);
    });
    page("GET", "p/confirm", "showConfirmation", readConsentToken, async (link) =>
      confirmPage(dependencies, link, await confirmationOf(dependencies, link.token)),
    );
    page("POST", "p/confirm", "confirmConsent", readConsentToken, async (link, request) =>
      confirmPage(dependencies, link, await confirmConsent(dependencies, link, speaker(link, request))),
    );
  });
}
