import type { FeedbackReason } from "../../../domain/feedback.ts";
import { outweighs } from "../../sql/feedback.ts";
import type { ReportedMessage } from "../../sql/reported-message.ts";
import type { Database } from "../database.ts";

const suppressedSql = `insert into suppression (environment_id, channel, address_hash, scope, value, reason, created_at)
  values (?, ?, ?, 'everything', '', ?, ?) on conflict do update set reason = excluded.reason where ${outweighs}`;

/** Ends all to the message's address. Of several reasons the weightiest is kept. */
export function suppressReported(
  database: Database,
  { environmentId, channelCode, addressHash }: ReportedMessage,
  reason: FeedbackReason,
  now: number,
): void {
  database.run(suppressedSql, environmentId, channelCode, addressHash, reason, now);
}
