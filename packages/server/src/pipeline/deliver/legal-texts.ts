import type { Delivery } from "../../domain/delivery.ts";
import { htmlBelow, htmlLegalText, type LegalLinks, plainLegalText } from "../../domain/legal-markup.ts";
import { legalTextFor } from "../../domain/legal-text.ts";
import { type LinkLabels, linkLabels } from "../../domain/link-labels.ts";
import type { Configuration } from "../../ports/configuration.ts";
import type { RenderedContent } from "../../ports/provider.ts";
import type { Tenant } from "../../ports/tenants.ts";
import type { Links, OptOutLinks } from "./opt-out-links.ts";

interface LegalTextsParts {
  configuration: Pick<Configuration, "policy">;
  optOutLinks: Pick<OptOutLinks, "of" | "areSecure">;
}

const unsubscribeLine = "{unsubscribe}";

/**
 * What stands below messages of a class because the law asks for it, templates and direct messages alike: the texts that
 * tenant and environment wrote; and in marketing mail always a link by which it can be left (CAN-SPAM, 16 CFR 316.5), which
 * is added where neither template nor text shows it.
 */
export class LegalTexts {
  readonly #configuration: Pick<Configuration, "policy">;
  readonly #links: Pick<OptOutLinks, "of" | "areSecure">;

  constructor({ configuration, optOutLinks }: LegalTextsParts) {
    this.#configuration = configuration;
    this.#links = optOutLinks;
  }

  /** The content, with what belongs below it. */
  under(delivery: Delivery, content: RenderedContent, tenant: Tenant | undefined): RenderedContent {
    const { origin, recipient } = delivery;
    const { channel, lane } = origin;
    const policy = this.#configuration.policy(origin.environmentId)?.document;
    const text = legalTextFor([tenant?.legalTexts, policy?.legalTexts], {
      class: lane,
      channel,
      locale: recipient.locale,
    });
    // A link to a server that recipients do not reach is worse than none.
    const isLeft =
      lane === "marketing" && channel === "email" && policy?.unsubscribeLine !== false && this.#links.areSecure;
    if (text === undefined && !isLeft) return content;
    const links = linksOf(this.#links.of(delivery));
    const labels = linkLabels(recipient.locale);
    const whole = text === undefined ? content : below(content, text, links, labels);
    return isLeft ? below(whole, unsubscribeLine, links, labels, links.unsubscribe) : whole;
  }
}

const linksOf = ({ unsubscribeUrl, preferencesUrl }: Links): LegalLinks => ({
  unsubscribe: unsubscribeUrl,
  preferences: preferencesUrl,
});

/** With a text below text and HTML, but below neither that shows `unless` already. */
function below(
  content: RenderedContent,
  legalText: string,
  links: LegalLinks,
  labels: LinkLabels,
  unless?: string,
): RenderedContent {
  const lacks = (body: string | undefined): body is string =>
    body !== undefined && (unless === undefined || !body.includes(unless));
  const more: { text?: string; html?: string } = {};
  if (lacks(content.text)) {
    const plain = plainLegalText(legalText, links, labels);
    more.text = plain === "" ? content.text : `${content.text.trimEnd()}\n\n${plain}`;
  }
  if (lacks(content.html)) more.html = htmlBelow(content.html, htmlLegalText(legalText, links, labels));
  return { ...content, ...more };
}
