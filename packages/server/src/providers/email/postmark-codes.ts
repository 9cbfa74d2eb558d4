import { accountStatuses, type CodeTable } from "../vendor-outcome.ts";
import { kinds } from "./http-mail-feedback.ts";

/** Answers that carry no ErrorCode, or whose status says more than that (developer/api/overview, "HTTP response codes"). */
export const postmarkStatuses: CodeTable = {
  ...accountStatuses,
  // more than 10 MB for one mail, or 50 MB for a batch
  "413": { kind: "permanent" },
  "429": { kind: "transient", scope: "integration" },
};

const account = { kind: "transient", scope: "integration" } as const;

/** `ErrorCode` of an answer, or of one mail of a batch (developer/api/overview, "API error codes"). */
export const postmarkErrors: CodeTable = {
  // bad or missing API token
  "10": account,
  // maintenance
  "100": { kind: "transient", scope: "integration", minimumMs: 60_000 },
  // invalid email request: an address, a header, no body
  "300": { kind: "permanent" },
  // sender signature not found, not confirmed
  "400": account,
  "401": account,
  // JSON that cannot be read, or has the wrong fields
  "402": { kind: "permanent" },
  "403": { kind: "permanent" },
  // out of credits
  "405": account,
  // inactive recipient: bounced hard, complained or was suppressed by hand
  "406": { kind: "permanent", suppress: true },
  "409": { kind: "permanent" },
  "410": { kind: "permanent" },
  // forbidden attachment type
  "411": { kind: "permanent" },
  // account pending, account may not send
  "412": account,
  "413": account,
  "429": account,
  // template: no such id or alias
  "1101": { kind: "permanent" },
  // message stream: none of that name (from memory: no page that could be read lists them)
  "1226": account,
  "1235": account,
};

/**
 * `Type` of a bounce (postmark.js, BounceType; developer/api/bounce-api, "Bounce types"). What is not listed moves nothing:
 * Transient (tried again), AutoResponder, AddressChange, Subscribe, OpenRelayTest, ChallengeVerification, Unconfirmed, InboundError.
 */
export const postmarkBounces = kinds({
  HardBounce: "bounced",
  BadEmailAddress: "bounced",
  // mailbox full, account disabled, quota; a name server that did not answer
  SoftBounce: "soft_bounced",
  DnsError: "soft_bounced",
  SpamComplaint: "complained",
  Unsubscribe: "unsubscribed",
  // refused for content, sender or policy, or by hand: the address may be good
  SpamNotification: "failed",
  VirusNotification: "failed",
  ManuallyDeactivated: "failed",
  Blocked: "failed",
  SMTPApiError: "failed",
  DMARCPolicy: "failed",
  TemplateRenderingFailed: "failed",
  Unknown: "failed",
});

/** `SuppressionReason` of a SubscriptionChange that ends sending; by hand only where the recipient did it. */
export const postmarkSuppressions = kinds({
  HardBounce: "bounced",
  SpamComplaint: "complained",
  ManualSuppression: "unsubscribed",
});
