import type {
  ConfirmationView,
  ConsentView,
  confirmationBodySchema,
  consentBodySchema,
} from "@tidings/contract/consents";
import type { InboxTokenView, inboxTokenBodySchema } from "@tidings/contract/inbox-tokens";
import type { RecipientDecision, recipientDecisionQuerySchema } from "@tidings/contract/recipient-decisions";
import type { RecipientView, recipientBodySchema } from "@tidings/contract/recipients";
import type { z } from "zod";
import { operations } from "../operations.ts";
import type { Pages } from "../pages.ts";
import type { CallOptions } from "../transport/options.ts";
import { type PageQuery, pagesOf } from "../transport/paging.ts";
import { recipientParameter } from "../transport/parameters.ts";
import type { Transport } from "../transport/transport.ts";

/** People: their addresses, language, time zone and attributes. */
export class Recipients {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Writes a recipient whole: what is left out is removed.
   *
   * @example
   * await tidings.recipients.put("user_1", {
   *   email: "anna@example.com",
   *   locale: "de-AT",
   *   timeZone: "Europe/Vienna",
   *   attributes: { plan: "pro" },
   * });
   */
  put(id: string, recipient: RecipientInput, options?: CallOptions): Promise<RecipientView> {
    const input = { path: { id: recipientParameter(id) }, body: () => recipient };
    return this.#transport.call(operations.recipients.put, input, options);
  }

  /**
   * Reads a recipient.
   *
   * @example
   * const { email, locale } = await tidings.recipients.get("user_1");
   */
  get(id: string, options?: CallOptions): Promise<RecipientView> {
    return this.#transport.call(operations.recipients.get, { path: { id: recipientParameter(id) } }, options);
  }

  /**
   * Deletes a recipient and the key of their data, so that nobody can read it any more.
   *
   * @example
   * await tidings.recipients.delete("user_1");
   */
  delete(id: string, options?: CallOptions): Promise<void> {
    return this.#transport.call(operations.recipients.delete, { path: { id: recipientParameter(id) } }, options);
  }

  /**
   * Makes a token with which a page reads the recipient's inbox, by `TidingsInbox` of `@tidings/client/inbox`. The recipient
   * need not exist yet.
   *
   * @example
   * const { token, expiresAt } = await tidings.recipients.createInboxToken("user_1", { ttlSeconds: 3600 });
   */
  createInboxToken(id: string, token: InboxTokenInput = {}, options?: CallOptions): Promise<InboxTokenView> {
    const input = { path: { id: recipientParameter(id) }, body: () => token };
    return this.#transport.call(operations.recipients.createInboxToken, input, options);
  }

  /**
   * Revokes all tokens of the recipient that were made so far; open connections are closed.
   *
   * @example
   * await tidings.recipients.revokeInboxTokens("user_1");
   */
  revokeInboxTokens(id: string, options?: CallOptions): Promise<void> {
    const input = { path: { id: recipientParameter(id) } };
    return this.#transport.call(operations.recipients.revokeInboxTokens, input, options);
  }

  /**
   * Adds an entry. The latest one for a purpose is what holds.
   *
   * @example
   * await tidings.recipients.addConsent("user_1", {
   *   purpose: "marketing",
   *   channel: "email",
   *   action: "granted",
   *   source: "sign-up form",
   *   textVersion: "2026-11",
   * });
   */
  addConsent(id: string, consent: ConsentInput, options?: CallOptions): Promise<ConsentView> {
    const input = { path: { id: recipientParameter(id) }, body: () => consent };
    return this.#transport.call(operations.consents.add, input, options);
  }

  /**
   * Makes a link by which a recipient confirms a consent that was recorded as `requested`.
   *
   * @example
   * const { url } = await tidings.recipients.createConfirmation("user_1", { purpose: "news", channel: "email" });
   */
  createConfirmation(id: string, of: ConfirmationInput, options?: CallOptions): Promise<ConfirmationView> {
    const input = { path: { id: recipientParameter(id) }, body: () => of };
    return this.#transport.call(operations.consents.confirmation, input, options);
  }

  /**
   * What a recipient has agreed to and withdrawn, newest first.
   *
   * @example
   * for await (const { purpose, action, at } of tidings.recipients.consents("user_1")) console.log(purpose, action, at);
   */
  consents(id: string, query?: PageQuery, options?: CallOptions): Pages<ConsentView> {
    return pagesOf(this.#transport, operations.consents.list, query, options, { id: recipientParameter(id) });
  }

  /**
   * Why somebody got, or did not get, what they did, newest first.
   *
   * @example
   * for await (const { at, text } of tidings.recipients.decisions("user_1", { channel: "email" })) console.log(at, text);
   */
  decisions(id: string, query?: RecipientDecisionQuery, options?: CallOptions): Pages<RecipientDecision> {
    return pagesOf(this.#transport, operations.decisions.list, query, options, { id: recipientParameter(id) });
  }
}

export type RecipientDecisionQuery = Omit<z.input<typeof recipientDecisionQuerySchema>, keyof PageQuery> & PageQuery;
export type InboxTokenInput = z.input<typeof inboxTokenBodySchema>;
export type RecipientInput = z.input<typeof recipientBodySchema>;
export type ConfirmationInput = z.input<typeof confirmationBodySchema>;
export type ConsentInput = z.input<typeof consentBodySchema>;
