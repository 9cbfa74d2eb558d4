import { type MessageState, messageStates } from "@tidings/contract/words";
import { feedbackTime, isEngagement } from "../../../domain/feedback.ts";
import type { FeedbackReport } from "../../../ports/store/feedback.ts";
import { laneCode, messageStateCode, wordAt } from "../../sql/codes.ts";
import { integer, integerOrNull, type SqlRow, text } from "../../sql/columns.ts";
import { type Reported, reported } from "../../sql/feedback.ts";
import { labelsOf } from "../../sql/rows/labels.ts";
import type { Call, CallContext } from "../context.ts";
import { writeEngaged } from "./sunset.ts";

export const recordFeedback: Call<"recordFeedback"> = (context, { reports, now }) =>
  reports.reduce((known, report) => known + (applyFeedback(context, report, now) ? 1 : 0), 0);

export function applyFeedback(context: CallContext, report: FeedbackReport, now: number): boolean {
  const { database } = context;
  const column = feedbackTime[report.kind];
  const row = database.get(
    `select state, channel, lane, category, tenant, event_id, expanded, recipient, address_hash, ${column ?? "null"} as time, attempt ->> '$.integration' as integration
     from message where id = ? and environment_id = ?`,
    report.messageId,
    report.environmentId,
  );
  if (row === undefined) return false;
  const said = reported(wordAt(messageStates, integer(row, "state")), integerOrNull(row, "time"), report);
  if (said.next !== undefined) move(context, report, said.next);
  else if (said.again) keepEarliest(context, report);
  if (said.column !== undefined)
    database.run(`update message set ${said.column} = ? where id = ?`, report.at, report.messageId);
  if (isEngagement(report.kind) && integer(row, "lane") === laneCode.marketing) {
    const { environmentId, at } = report;
    writeEngaged(database, { environmentId, recipient: text(row, "recipient"), category: text(row, "category"), at });
  }
  if (said.suppresses) {
    database.run(
      "insert or ignore into suppression (environment_id, channel, address_hash, scope, value, reason, created_at) values (?, ?, ?, 'everything', '', ?, ?)",
      report.environmentId,
      integer(row, "channel"),
      text(row, "address_hash"),
      report.kind,
      now,
    );
  }
  tell(context, report, said, row, now);
  return true;
}

function tell(context: CallContext, report: FeedbackReport, said: Reported, row: SqlRow, now: number): void {
  const { environmentId, messageId, kind } = report;
  const tenant = text(row, "tenant");
  if (said.next !== undefined) context.webhooks.state(environmentId, tenant, messageId, said.next, now);
  if (said.told !== undefined) context.webhooks.event(environmentId, tenant, messageId, said.told, now);
  if (!said.counts) return;
  context.count(labelsOf(environmentId, row), kind, now, row["integration"] === null ? "" : text(row, "integration"));
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
