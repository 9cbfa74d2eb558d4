import type { Call } from "../context.ts";
import { FeedbackRows } from "./feedback-rows.ts";

export const recordFeedback: Call<"recordFeedback"> = async (context, { reports, now, softBounces }) => {
  const rows = await FeedbackRows.lock(context.sql, reports);
  const isKnown = reports.map((report) => rows.apply(context, report, now, softBounces?.get(report.environmentId)));
  await rows.write(context.sql, now);
  return isKnown.filter(Boolean).length;
};
