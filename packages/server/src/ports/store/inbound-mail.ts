import type { DmarcSource } from "../../domain/inbound-mail/dmarc-report.ts";
import type { InboundWay, UnreadableReason } from "../../domain/inbound-mail/inbound-result.ts";

/** A mail that could not be read. */
export interface UnreadableMailRow {
  environmentId: number;
  id: string;
  at: number;
  way: InboundWay;
  reason: UnreadableReason;
  bytes: number;
  /** Whom it would have been about; null where it came to an address for reports. */
  messageId: string | null;
}

/** Mails of one day from one domain; `sourceIp` is empty for those of sources that were too many. */
export interface DmarcSourceRow extends DmarcSource {
  environmentId: number;
  /** Since 1970, UTC. */
  day: number;
  domain: string;
}

/** What inbound mail asks of the store. */
export interface InboundMailStore {
  /** Of the environment the newest `keptMax` are kept. */
  keepUnreadableMail(input: UnreadableMailRow & { keptMax: number }): Promise<void>;
  /** Newest first. */
  listUnreadableMails(input: { environmentId: number; limit: number }): Promise<UnreadableMailRow[]>;
  /**
   * Adds what a report says; false, and nothing is added, where the same was added before. Of a domain and day about `sourcesMax`
   * rows are kept: what is more goes into one without an address.
   */
  addDmarcReport(input: {
    environmentId: number;
    reportHash: string;
    day: number;
    domain: string;
    sources: readonly DmarcSource[];
    sourcesMax: number;
  }): Promise<boolean>;
  /** By day, domain and what follows, behind `after`. */
  listDmarcSources(input: {
    environmentId: number;
    /** All where left out. */
    domain?: string | undefined;
    fromDay: number;
    after?: DmarcSourceRow | undefined;
    limit: number;
  }): Promise<DmarcSourceRow[]>;
  /** Deletes up to `limit` rows of each kind of days before this one; gives how many of the kind of which there were most. */
  purgeDmarcReports(input: { beforeDay: number; limit: number }): Promise<number>;
}
