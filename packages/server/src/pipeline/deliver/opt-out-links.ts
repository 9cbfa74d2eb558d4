import { keySchema } from "@tidings/contract/text";
import { channelSchema } from "@tidings/contract/words";
import { z } from "zod";
import { writeConsentToken } from "../../domain/consent-token.ts";
import type { Delivery } from "../../domain/delivery.ts";
import { writeOptOutToken } from "../../domain/opt-out-token.ts";
import { normaliseAddress } from "../../domain/recipient.ts";
import type { ClaimSigner } from "../../domain/signed-claims.ts";
import type { Configuration } from "../../ports/configuration.ts";

export interface OptOutLinkSettings {
  /** Where recipients reach the server, without a slash at its end. */
  publicUrl: () => string;
  linkDays: number;
  consentLinkHours: number;
}

interface LinkKeyring extends ClaimSigner {
  hash(environmentId: number, ...parts: string[]): string;
}

export interface Links {
  unsubscribeUrl: string | undefined;
  preferencesUrl: string;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const namedSchema = z.object({ purpose: keySchema, channel: channelSchema.optional() });
/** A URL in a header cannot be folded, and a line has at most 998 characters (RFC 5322 §2.1.1). */
const headerUrlMax = 900;

/**
 * Links by which the recipient of a message says no. They last from when the message was made, so that every attempt at it
 * has the same. What is critical cannot be left, so it has no link that would say so.
 */
export class OptOutLinks {
  readonly #keyring: LinkKeyring;
  readonly #configuration: Pick<Configuration, "category">;
  readonly #settings: OptOutLinkSettings;
  /** A message needs them for its content and for its header, and to sign them takes longer than to look here. */
  readonly #made = new WeakMap<Delivery, Links>();

  constructor(keyring: LinkKeyring, configuration: Pick<Configuration, "category">, settings: OptOutLinkSettings) {
    this.#keyring = keyring;
    this.#configuration = configuration;
    this.#settings = settings;
  }

  /** Whether recipients reach them as mail clients ask for it: not where the server has no public address yet. */
  get areSecure(): boolean {
    return this.#settings.publicUrl().startsWith("https:");
  }

  of(delivery: Delivery): Links {
    const made = this.#made.get(delivery);
    if (made !== undefined) return made;
    const token = this.#token(delivery);
    const base = this.#settings.publicUrl();
    const links = {
      unsubscribeUrl: delivery.origin.lane === "critical" ? undefined : `${base}/u/${token}`,
      preferencesUrl: `${base}/p/${token}`,
    };
    this.#made.set(delivery, links);
    return links;
  }

  /**
   * By which the recipient confirms the consent that the event's data names by `purpose` and `channel`, as `consent.updated` has
   * them; without a purpose that to the message's own category on its channel.
   */
  confirmUrlOf({ origin, data, recipient, to, createdAt }: Delivery): string {
    const { environmentId, category, channel, tenant } = origin;
    const named = namedSchema.safeParse(data).data;
    const of = named === undefined ? { purpose: category, channel } : { ...named, channel: named.channel ?? null };
    const token = writeConsentToken(this.#keyring, {
      environmentId,
      recipient: recipient.id,
      ...of,
      addressHash: this.#keyring.hash(environmentId, channel, normaliseAddress(channel, to)),
      tenant,
      locale: recipient.locale ?? "",
      expiresAt: createdAt + this.#settings.consentLinkHours * hourMs,
    });
    return `${this.#settings.publicUrl()}/p/confirm/${token}`;
  }

  /** The link that mail of this message has in its header. */
  headerOf(delivery: Delivery): string | undefined {
    const { environmentId, channel, category, lane } = delivery.origin;
    if (channel !== "email" || lane === "critical") return undefined;
    const isLeft =
      lane === "marketing" || this.#configuration.category(environmentId, category)?.document.unsubscribe === true;
    if (!isLeft) return undefined;
    const url = this.of(delivery).unsubscribeUrl ?? "";
    if (url.length <= headerUrlMax) return url;
    // What the address gets is ended all the same; who had such a long id is not known to the page then.
    return `${this.#settings.publicUrl()}/u/${this.#token(delivery, { recipient: "", tenant: "" })}`;
  }

  #token(
    { id, origin, recipient, to, createdAt }: Delivery,
    over: { recipient?: string; tenant?: string } = {},
  ): string {
    const { environmentId, channel, category, tenant } = origin;
    return writeOptOutToken(this.#keyring, {
      environmentId,
      recipient: over.recipient ?? recipient.id,
      channel,
      addressHash: this.#keyring.hash(environmentId, channel, normaliseAddress(channel, to)),
      category,
      tenant: over.tenant ?? tenant,
      messageId: id,
      locale: recipient.locale ?? "",
      expiresAt: createdAt + this.#settings.linkDays * dayMs,
    });
  }
}
