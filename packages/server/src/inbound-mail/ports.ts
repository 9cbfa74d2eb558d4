import type { InboundResult, InboundWay } from "../domain/inbound-mail/inbound-result.ts";
import type { EnvironmentHash } from "../domain/return-path.ts";
import type { Clock } from "../ports/clock.ts";
import type { Feedback } from "../ports/provider.ts";
import type { InboundMailStore } from "../ports/store/inbound-mail.ts";

/** A mail as it came in. */
export interface InboundMail {
  way: InboundWay;
  /** Who it was for: of the envelope, or of the header that stands for it. */
  recipients: readonly string[];
  raw: Buffer;
  /** When it came here or to its mailbox, ms. */
  receivedAt: number;
}

export interface IntakeParts {
  clock: Pick<Clock, "now">;
  hash: EnvironmentHash;
  /** The feedback stage; resolves once it is durable. */
  report(environmentId: number, feedback: readonly Feedback[]): Promise<unknown>;
  /** Told what became of each mail, for metrics. */
  onMail(way: InboundWay, result: InboundResult): void;
  store: Pick<InboundMailStore, "keepUnreadableMail" | "addDmarcReport">;
  newId(): string;
  /** Environment whose reports come to the address; undefined where it is for none. */
  reportsOf(address: string): number | undefined;
  /** Domains that mail of the environment is from, in lower case: reports about others are not taken. */
  domainsOf(environmentId: number): ReadonlySet<string>;
  limits: {
    /** Unreadable mails that are remembered, of an environment. */
    unreadableKeptMax: number;
    /** Size of a DMARC report, unpacked. */
    unpackedBytesMax: number;
    /** Days that what such reports say is kept. */
    dmarcDays: number;
    /** Sources of a domain's mail on one day that are told apart. */
    dmarcSourcesMax: number;
  };
}
