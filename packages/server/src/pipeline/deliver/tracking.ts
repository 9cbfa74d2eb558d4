import type { Tracking as TrackingChoice } from "@tidings/contract/tracking";
import type { Delivery } from "../../domain/delivery.ts";
import type { MessageOrigin } from "../../domain/message.ts";
import type { ClaimSigner } from "../../domain/signed-claims.ts";
import { writeClickToken, writeOpenToken } from "../../domain/tracking-token.ts";
import type { Configuration } from "../../ports/configuration.ts";
import type { RenderedContent } from "../../ports/provider.ts";
import type { OptOutLinkSettings } from "./opt-out-links.ts";
import { trackedHtml } from "./tracked-html.ts";

type TrackingSettings = Pick<OptOutLinkSettings, "publicUrl" | "linkDays">;

const dayMs = 86_400_000;
/** Links of ours, behind the public URL: those by which somebody says no are nobody's to notice, and a tracked one is not tracked again. */
const ownPaths = ["/u/", "/p/", "/c/", "/o/"] as const;

/**
 * Makes mail tell when it is opened and its links are followed, where its category wants that. Every attempt at a message has the
 * same links: they last from when it was made. Text stays as it is, as a link in it is read by people.
 */
export class Tracking {
  readonly #signer: ClaimSigner;
  readonly #configuration: Pick<Configuration, "category" | "policy">;
  readonly #settings: TrackingSettings;

  constructor(
    signer: ClaimSigner,
    configuration: Pick<Configuration, "category" | "policy">,
    settings: TrackingSettings,
  ) {
    this.#signer = signer;
    this.#configuration = configuration;
    this.#settings = settings;
  }

  /** The content as it goes out. */
  into({ id, origin, createdAt }: Delivery, content: RenderedContent): RenderedContent {
    if (origin.channel !== "email" || content.html === undefined) return content;
    const { opens, clicks } = this.#wanted(origin);
    if (!opens && !clicks) return content;
    const base = this.#settings.publicUrl();
    // Links into a server that recipients do not reach would lead nowhere.
    if (!base.startsWith("https:")) return content;
    const token = {
      environmentId: origin.environmentId,
      messageId: id,
      expiresAt: createdAt + this.#settings.linkDays * dayMs,
    };
    const picture = opens ? `${base}/o/${writeOpenToken(this.#signer, token)}` : undefined;
    return {
      ...content,
      html: trackedHtml(content.html, clicks ? { link: this.#linksOf(base, token), picture } : { picture }),
    };
  }

  /** A category's own words hold; the policy's are for all but what is critical. */
  #wanted({ environmentId, category, lane }: MessageOrigin): { opens: boolean; clicks: boolean } {
    const own: TrackingChoice | undefined = this.#configuration.category(environmentId, category)?.document.tracking;
    const policy = lane === "critical" ? undefined : this.#configuration.policy(environmentId)?.document.tracking;
    return { opens: own?.opens ?? policy?.opens ?? false, clicks: own?.clicks ?? policy?.clicks ?? false };
  }

  /** Signs once for each place that the message leads to. */
  #linksOf(base: string, token: { environmentId: number; messageId: string; expiresAt: number }) {
    const own = ownPaths.map((path) => new URL(base).href.replace(/\/$/, "") + path);
    const made = new Map<string, string | undefined>();
    return (target: string): string | undefined => {
      if (made.has(target)) return made.get(target);
      const text = own.some((start) => target.startsWith(start))
        ? undefined
        : writeClickToken(this.#signer, { ...token, target });
      const url = text === undefined ? undefined : `${base}/c/${text}`;
      made.set(target, url);
      return url;
    };
  }
}
