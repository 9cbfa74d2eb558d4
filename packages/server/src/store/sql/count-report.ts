import type { FeedbackReport } from "../../ports/store/feedback.ts";
import { currentAttempt } from "./attempts.ts";
import { integer, integerOrNull } from "./columns.ts";
import type { Count } from "./counted.ts";
import type { Reported } from "./feedback.ts";
import type { ReportedMessage } from "./reported-message.ts";
import { mailboxOf } from "./rows/labels.ts";

interface Counted {
  /** Since when its provider had the message, as it was known before the report, ms. */
  sentAt: number | null;
  report: FeedbackReport;
  now: number;
}

/**
 * Counts what a report says that is new. How long delivery took is known only where it is known since when the provider had the
 * message: a report that is faster than the outcome of its attempt is not measured.
 */
export function countReport(
  { count }: { count: Count },
  message: ReportedMessage,
  said: Reported,
  { sentAt, report: { kind, at }, now }: Counted,
): void {
  if (!said.counts && !said.countsSent) return;
  const { labels, row } = message;
  const integration = currentAttempt(row)?.integration ?? "";
  const mailbox = mailboxOf(row);
  if (said.countsSent) {
    // When it might go out first.
    const from = integerOrNull(row, "put_off_to") ?? integer(row, "created_at");
    count(labels, "sent", now, { integration, mailbox, latencyMs: Math.min(at, now) - from });
  }
  if (!said.counts) return;
  const since = kind === "delivered" ? sentAt : null;
  count(labels, kind, now, { integration, mailbox, latencyMs: since === null ? undefined : at - since });
}
