import { isEngagement } from "../../../domain/feedback.ts";
import type { SoftBounceRule } from "../../../domain/soft-bounces.ts";
import type { FeedbackReport } from "../../../ports/store/feedback.ts";
import type { SqlValue } from "../../sql/columns.ts";
import { countReport } from "../../sql/count-report.ts";
import type { Reported } from "../../sql/feedback.ts";
import { ReportedMessage, reportedColumns } from "../../sql/reported-message.ts";
import type { Call, CallContext } from "../context.ts";
import { noteSoftBounces } from "./soft-bounces.ts";
import { writeEngaged } from "./sunset.ts";
import { suppressReported } from "./suppress-reported.ts";

export const recordFeedback: Call<"recordFeedback"> = (context, { reports, now, softBounces }) =>
  reports.filter((report) => applyFeedback(context, report, now, softBounces?.get(report.environmentId))).length;

const foundSql = `select ${reportedColumns} from message where id = ? and environment_id = ?`;

/** False where there is no such message. */
export function applyFeedback(
  context: CallContext,
  report: FeedbackReport,
  now: number,
  rule?: SoftBounceRule | undefined,
): boolean {
  const { database } = context;
  const { environmentId, messageId, kind, at } = report;
  const row = database.get(foundSql, messageId, environmentId);
  if (row === undefined) return false;
  const message = new ReportedMessage(row);
  const { sentAt } = message;
  const said = message.apply(report);
  if (message.changed) write(context, message);
  const { labels, recipient } = message;
  if (isEngagement(kind) && labels.lane === "marketing")
    writeEngaged(database, { environmentId, recipient, category: labels.category, at });
  if (said.suppresses !== undefined) suppressReported(database, message, said.suppresses, now);
  if (rule !== undefined) noteSoftBounces(database, { message, report, rule, now });
  tell(context, report, said, message, now);
  countReport(context, message, said, { sentAt, report, now });
  return true;
}

function tell(context: CallContext, report: FeedbackReport, said: Reported, { tenant }: ReportedMessage, now: number) {
  const { environmentId, messageId } = report;
  if (said.next !== undefined) context.webhooks.state(environmentId, tenant, messageId, said.next, now);
  if (said.told !== undefined) context.webhooks.event(environmentId, tenant, messageId, said.told, now);
}

const told =
  "settled_at = ?, reason = ?, reported = ?, sent_at = ?, delivered_at = ?, opened_at = ?, clicked_at = ?, read_at = ?, complained_at = ?";
const keptSql = `update message set ${told} where id = ?`;
/** A report ends what the pipeline still had open: a retry of a message that was delivered would double it. */
const movedSql = `update message set ${told}, state = ?, due_at = null where id = ?`;

function write({ database }: CallContext, { columns: c }: ReportedMessage): void {
  const times = [c.delivered_at, c.opened_at, c.clicked_at, c.read_at, c.complained_at];
  const values: SqlValue[] = [c.settled_at, c.reason, c.reported, c.sent_at, ...times];
  if (c.moved) database.run(movedSql, ...values, c.state, c.id);
  else database.run(keptSql, ...values, c.id);
}
