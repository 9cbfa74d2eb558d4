/** By what a mail came in. */
export const inboundWays = ["smtp", "imap"] as const;
export type InboundWay = (typeof inboundWays)[number];

/** What an inbound mail came to: closed, for metrics. */
export const inboundResults = [
  "delivered",
  "soft_bounced",
  "failed",
  "bounced",
  "complained",
  /** A report that moves nothing: expanded, not-spam, auth-failure. */
  "no_news",
  /** A vacation note and the like. */
  "automatic",
  /** To a return path, and no report of any kind. */
  "no_report",
  /** No address of ours is in it that only we can have made. */
  "unsigned",
  "dmarc",
  /** A DMARC report that was known. */
  "dmarc_repeated",
  /** A DMARC report about a domain that nothing is sent from. */
  "dmarc_foreign",
  "unreadable",
] as const;
export type InboundResult = (typeof inboundResults)[number];

/** Why a mail could not be read: closed. */
export const unreadableReasons = [
  "too_large",
  "too_many_parts",
  "mime_malformed",
  "delivery_report_malformed",
  "feedback_report_malformed",
  "dmarc_report_malformed",
  "dmarc_report_too_large",
] as const;
export type UnreadableReason = (typeof unreadableReasons)[number];
