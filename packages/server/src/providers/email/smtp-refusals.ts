import type { Outcome } from "../../ports/provider.ts";
import type { FaultCode, SmtpFault } from "./client/fault.ts";
import { type Reply, replyText } from "./client/reply.ts";

type Rejected = Extract<Outcome, { status: "rejected" }>;

interface RefusalRule {
  /** Of the reply, the three digits (RFC 5321 §4.2). */
  reply?: RegExp;
  /** Of the enhanced status code (RFC 3463); the rule needs one where this is set. */
  enhanced?: RegExp;
  /** Commands that the rule is for; all where left out. */
  commands?: readonly string[];
  outcome: Pick<Rejected, "kind"> & Partial<Pick<Rejected, "code" | "schedule" | "retryAfterMs" | "suppress">>;
}

const greylistedMs = 30 * 60_000;
/** A full mailbox is not emptied within minutes. */
const mailboxFullMs = 60 * 60_000;

/** What a server's refusal means. The first row that fits; a row without `code` leaves the reply's own. */
const refusalRules: readonly RefusalRule[] = [
  // the account's fault, not the mail's (RFC 4954 §6): the mail waits until the account is mended
  { reply: /^(454|530|534|535|538)$/, outcome: { kind: "transient", code: "auth", schedule: "mail" } },
  { reply: /^4/, enhanced: /^4\.7\./, outcome: { kind: "transient", schedule: "mail", retryAfterMs: greylistedMs } },
  { reply: /^4/, enhanced: /^4\.2\.2$/, outcome: { kind: "transient", schedule: "mail", retryAfterMs: mailboxFullMs } },
  { reply: /^4/, outcome: { kind: "transient", schedule: "mail" } },
  { enhanced: /^5\.7\./, outcome: { kind: "permanent", code: "policy" } },
  // 5.1.7 and 5.1.8 are about the sender's address; whatever MAIL FROM is answered with is, too
  { enhanced: /^5\.1\.[78]$/, outcome: { kind: "permanent" } },
  { enhanced: /^5\.1\./, commands: ["RCPT TO", "DATA"], outcome: { kind: "permanent", suppress: true } },
  { reply: /^5/, outcome: { kind: "permanent" } },
];

interface SmtpFailure {
  /** The server's reply from its code on, where there was one. It may quote addresses: nothing of its text leaves here. */
  reply: string | undefined;
  /** What the reply was to. */
  command: string;
  /** What broke, where it was no refusal of the mail. */
  cause: FaultCode;
  /** True once the final dot may have reached the server: from there on only its reply tells what it did. */
  maybeTaken: boolean;
}

/** A 5yz to one of these is about the message; to the greeting, EHLO, STARTTLS or AUTH about the session: the mail waits. */
const messageCommands: readonly string[] = ["MAIL FROM", "RCPT TO", "DATA"];

/** Classifies what came instead of a 2yz, by the table above. */
function refusalOf({ reply, command, cause, maybeTaken }: SmtpFailure): Outcome {
  const [, digits = "", enhanced = ""] = /^(\d{3})(?:[ -]+(\d\.\d{1,3}\.\d{1,3})(?!\d))?/.exec(reply ?? "") ?? [];
  const aboutMessage = messageCommands.includes(command) || (digits.startsWith("4") && !maybeTaken);
  if (!/^[45]/.test(digits) || !aboutMessage) {
    if (maybeTaken) return { status: "unknown", code: cause, detail: "lost after the whole message was sent" };
    // RFC 5321 §4.5.4.1 retries a host that cannot be reached as long as one that says 4yz
    return {
      status: "rejected",
      kind: "transient",
      code: cause,
      schedule: "mail",
      detail: `${digits} before the whole message was sent`.trim(),
    };
  }
  const rule = refusalRules.find(
    (row) =>
      (row.reply === undefined || row.reply.test(digits)) &&
      (row.enhanced === undefined || row.enhanced.test(enhanced)) &&
      (row.commands === undefined || row.commands.includes(command)),
  );
  const detail = [digits, enhanced, "to", command].filter((part) => part !== "").join(" ");
  return { status: "rejected", code: digits, detail, ...(rule?.outcome ?? { kind: "permanent" }) };
}

/** What a reply means that is not the one that was wanted. */
export function replyOutcome(reply: Reply, command: string, maybeTaken: boolean): Outcome {
  return refusalOf({ reply: replyText(reply), command, cause: "malformed_answer", maybeTaken });
}

/** What the end of a connection means for a mail on it. */
export function faultOutcome({ code, reply, command }: SmtpFault, maybeTaken = false): Outcome {
  return refusalOf({ reply: maybeTaken ? undefined : reply, command, cause: code, maybeTaken });
}
