import { channels, lanes, type MessageState, messageStates } from "@tidings/contract/words";
import { type FeedbackKind, feedbackTime, stateAfterFeedback } from "../../../domain/feedback.ts";
import type { FeedbackReport } from "../../../ports/store/feedback.ts";
import { messageStateCode, wordAt } from "../codes.ts";
import type { Call, CallContext } from "../context.ts";
import { integer, integerOrNull, text } from "../rows.ts";

export const recordFeedback: Call<"recordFeedback"> = (context, { reports, now }) =>
  reports.reduce((known, report) => known + (applyFeedback(context, report, now) ? 1 : 0), 0);

/** Order-free: states only rise in rank, and of each time the earliest is kept. */
export function applyFeedback(context: CallContext, report: FeedbackReport, now: number): boolean {
  const { database } = context;
  const column = feedbackTime[report.kind];
  const row = database.get(
    `select state, channel, lane, category, tenant, address_hash, ${column ?? "null"} as time, attempt ->> '$.integration' as integration
     from message where id = ? and environment_id = ?`,
    report.messageId,
    report.environmentId,
  );
  if (row === undefined) return false;
  const state = wordAt(messageStates, integer(row, "state"));
  const next = stateAfterFeedback(state, report.kind);
  if (next !== undefined) move(context, report, next);
  else if (state === report.kind) keepEarliest(context, report);
  const time = integerOrNull(row, "time");
  if (column !== undefined && (time === null || report.at < time)) {
    database.run(`update message set ${column} = ? where id = ?`, report.at, report.messageId);
  }
  if (report.kind === "bounced" || report.kind === "complained") {
    database.run(
      "insert or ignore into suppression (environment_id, channel, address_hash, scope, value, reason, created_at) values (?, ?, ?, 'everything', '', ?, ?)",
      report.environmentId,
      integer(row, "channel"),
      text(row, "address_hash"),
      report.kind,
      now,
    );
  }
  const tenant = text(row, "tenant");
  if (next !== undefined) context.webhooks.state(report.environmentId, tenant, report.messageId, next, now);
  if (isTime(report.kind) && time === null)
    context.webhooks.event(report.environmentId, tenant, report.messageId, `message.${report.kind}`, now);
  if (next !== undefined || (column !== undefined && time === null)) {
    context.count(
      {
        environmentId: report.environmentId,
        channel: wordAt(channels, integer(row, "channel")),
        lane: wordAt(lanes, integer(row, "lane")),
        category: text(row, "category"),
        tenant,
      },
      report.kind,
      now,
      row["integration"] === null ? "" : text(row, "integration"),
    );
  }
  return true;
}

/** What is a time beside the state, not a state. */
function isTime(kind: FeedbackKind): kind is "opened" | "clicked" | "read" | "complained" {
  return kind === "opened" || kind === "clicked" || kind === "read" || kind === "complained";
}

/** A report ends what the pipeline still had open: a retry of a message that was delivered would double it. */
function move(context: CallContext, report: FeedbackReport, next: MessageState): void {
  context.database.run(
    "update message set state = ?, due_at = null, settled_at = ?, reason = ? where id = ?",
    messageStateCode[next],
    report.at,
    report.code === "" ? null : report.code,
    report.messageId,
  );
}

/** Of several reports of the state that it is in, the earliest says since when and why, in whatever order they come. */
function keepEarliest(context: CallContext, report: FeedbackReport): void {
  context.database.run(
    "update message set settled_at = ?, reason = ? where id = ? and (settled_at, coalesce(reason, '')) > (?, ?)",
    report.at,
    report.code === "" ? null : report.code,
    report.messageId,
    report.at,
    report.code,
  );
}
