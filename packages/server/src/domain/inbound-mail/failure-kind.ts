import type { FeedbackKind } from "../feedback.ts";

/** What became of a mail, as a delivery report has it. */
export type DeliveryKind = Extract<FeedbackKind, "delivered" | "failed" | "soft_bounced" | "bounced">;

/*
 * What a failure says of the address, by its enhanced status code (RFC 3463 §3, and the registry of IANA). The first row that fits.
 * `bounced` ends the address for everything, so that only codes are there which say that it is no good: a server that refuses us
 * (5.7.z), or what we sent (5.3.4, 5.6.z), says nothing of it.
 */
const meanings: readonly (readonly [RegExp, DeliveryKind])[] = [
  [/^4\./, "soft_bounced"],
  // about the sender's address
  [/^5\.1\.[78]$/, "failed"],
  [/^5\.1\./, "bounced"],
  // disabled, not accepting messages
  [/^5\.2\.1$/, "bounced"],
  [/^5\.2\.2$/, "soft_bounced"],
  // the system takes nothing now; storage is full
  [/^5\.3\.[12]$/, "soft_bounced"],
  // no host of that domain takes mail
  [/^5\.4\.4$/, "bounced"],
  // time in the queue was up
  [/^5\.4\.7$/, "soft_bounced"],
];

export interface FailureKind {
  kind: DeliveryKind;
  /** The code that decided, of RFC 3463 or else of RFC 5321; empty where there was none. */
  code: string;
}

/**
 * Judges a failure. `status` is what the report says, `diagnostic` what the server said: where the one is unspecific (`5.0.0`, which
 * some put everywhere), the other is looked at. A 5yz without more may be a policy, so that it is held against no address.
 */
export function failureKind(status: string, diagnostic: string): FailureKind {
  const [, ofStatus = ""] = /^\s*([245]\.\d{1,3}\.\d{1,3})(?!\d)/.exec(status) ?? [];
  const [, ofServer = ""] = /(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])/.exec(diagnostic) ?? [];
  const [, reply = ""] = /(?<![\d.])([45]\d\d)(?![\d.])/.exec(diagnostic) ?? [];
  const code = isSpecific(ofStatus) || ofServer === "" ? ofStatus : ofServer;
  const found = meanings.find(([pattern]) => pattern.test(code))?.[1];
  if (found !== undefined) return { kind: found, code };
  return { kind: code === "" && reply.startsWith("4") ? "soft_bounced" : "failed", code: code === "" ? reply : code };
}

const isSpecific = (code: string): boolean => code !== "" && !/^\d\.[05]\.0$/.test(code);
