import type { Call } from "../context.ts";
import { FeedbackRows } from "./feedback-rows.ts";

export const recordFeedback: Call<"recordFeedback"> = async (context, { reports, now }) => {
  const rows = await FeedbackRows.lock(context.sql, reports);
  const known = reports.filter((report) => rows.apply(context, report, now)).length;
  await rows.write(context.sql);
  return known;
};
