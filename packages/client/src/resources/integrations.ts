import type { DmarcSourceView, UnreadableMails } from "@tidings/contract/inbound-mail";
import type { integrationBodySchema } from "@tidings/contract/integrations";
import type { Findings, MailSenders, ProbeView } from "@tidings/contract/readiness";
import { operations } from "../operations.ts";
import type { Pages } from "../pages.ts";
import type { CallOptions } from "../transport/options.ts";
import { type PageQuery, pagesOf } from "../transport/paging.ts";
import { keyParameter } from "../transport/parameters.ts";
import type { Transport } from "../transport/transport.ts";
import { VersionedConfiguration } from "./versioned-configuration.ts";

/** Which of what receivers report: of one domain, of so many days back (7 where left out). */
export interface DmarcQuery extends PageQuery {
  domain?: string;
  days?: number;
}

/** Accounts of providers, in versions; and how they stand. */
export class Integrations extends VersionedConfiguration<typeof integrationBodySchema> {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    super(transport, operations.integrations);
    this.#transport = transport;
  }

  /**
   * Asks the vendor now whether the account works; nothing is sent. That it does not is an answer, and no error.
   *
   * @example
   * const { status, code, detail } = await tidings.integrations.probe("mail");
   * if (status === "failed") console.error(code, detail);
   */
  probe(key: string, options?: CallOptions): Promise<ProbeView> {
    return this.#transport.call(operations.readiness.probe, { path: { key: keyParameter(key) } }, options);
  }

  /**
   * What is wrong with the key's environment, or will be once something fails: integrations that do not work, channels without
   * another one that would take over.
   *
   * @example
   * const { items } = await tidings.integrations.findings();
   * for (const { severity, text } of items) console.log(severity, text);
   */
  findings(options?: CallOptions): Promise<Findings> {
    return this.#transport.call(operations.readiness.findings, {}, options);
  }

  /**
   * Under what names in DNS mail goes out, with the records that signing keys need there.
   *
   * @example
   * const { items } = await tidings.integrations.mailSenders();
   * for (const { dkim } of items) for (const { selector, domain, record } of dkim) console.log(selector, domain, record);
   */
  mailSenders(options?: CallOptions): Promise<MailSenders> {
    return this.#transport.call(operations.readiness.mailSenders, {}, options);
  }

  /**
   * What receivers report of mail from the domains (DMARC), by day and address: all pages, one after the other.
   *
   * @example
   * for await (const { sourceIp, messages, dkimAligned, spfAligned } of tidings.integrations.dmarcReports({ days: 7 }))
   *   if (!dkimAligned && !spfAligned) console.log(sourceIp, messages);
   */
  dmarcReports(query?: DmarcQuery, options?: CallOptions): Pages<DmarcSourceView> {
    return pagesOf(this.#transport, operations.readiness.dmarcReports, query, options);
  }

  /**
   * Bounces and reports that came by mail and could not be read, newest first.
   *
   * @example
   * const { items } = await tidings.integrations.unreadableMails();
   * for (const { at, reason, bytes } of items) console.log(at, reason, bytes);
   */
  unreadableMails(options?: CallOptions): Promise<UnreadableMails> {
    return this.#transport.call(operations.readiness.unreadableMails, {}, options);
  }
}
