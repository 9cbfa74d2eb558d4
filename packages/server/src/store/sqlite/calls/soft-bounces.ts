import {
  isForgotten,
  joined,
  nothingTold,
  type SoftBounceRule,
  type SoftBounces,
  verdictOf,
  writeBounces,
} from "../../../domain/soft-bounces.ts";
import type { SuppressionKey } from "../../../domain/suppression.ts";
import type { FeedbackReport } from "../../../ports/store/feedback.ts";
import { channelCode } from "../../sql/codes.ts";
import { text } from "../../sql/columns.ts";
import type { ReportedMessage } from "../../sql/reported-message.ts";
import { addressPlace, placeValues, softBouncesOf, toldOf } from "../../sql/soft-bounces.ts";
import type { Call } from "../context.ts";
import type { Database } from "../database.ts";
import { suppressReported } from "./suppress-reported.ts";

const key = "environment_id = ? and channel = ? and address_hash = ?";
/** Nearly always: something was delivered to an address that has not soft-bounced since. */
const deliveredSql = `insert into soft_bounce (environment_id, channel, address_hash, delivered_at, bounces) values (?, ?, ?, ?, '')
  on conflict do update set delivered_at = excluded.delivered_at
  where bounces = '' and coalesce(delivered_at, -1) < excluded.delivered_at`;
const knownSql = `select delivered_at, bounces from soft_bounce where ${key}`;
const writtenSql = `insert into soft_bounce (environment_id, channel, address_hash, delivered_at, bounces) values (?, ?, ?, ?, ?)
  on conflict do update set delivered_at = excluded.delivered_at, bounces = excluded.bounces`;
const liftedSql = `delete from suppression where ${key} and scope = 'everything' and value = '' and reason = 'soft_bounces'`;

interface Noted {
  message: ReportedMessage;
  report: FeedbackReport;
  rule: SoftBounceRule;
  now: number;
}

/** Joins what a report says about its address to what is known of that, and does what follows. */
export function noteSoftBounces(database: Database, { message, report, rule, now }: Noted): void {
  const told = toldOf(message, report);
  if (told === undefined) return;
  const of = [message.environmentId, message.channelCode, message.addressHash] as const;
  if (told.bounces.length === 0 && database.run(deliveredSql, ...of, told.deliveredAt) > 0) return;
  const row = database.get(knownSql, ...of);
  const before = row === undefined ? nothingTold : softBouncesOf(row);
  const after = joined(before, told);
  if (isSame(before, after)) return;
  database.run(writtenSql, ...of, after.deliveredAt, writeBounces(after.bounces));
  const verdict = verdictOf(before, after, rule);
  if (verdict === "suppress") suppressReported(database, message, "soft_bounces", now);
  if (verdict === "lift") database.run(liftedSql, ...of);
}

function isSame(one: SoftBounces, other: SoftBounces): boolean {
  return one.deliveredAt === other.deliveredAt && writeBounces(one.bounces) === writeBounces(other.bounces);
}

/** As if something had been delivered with the last of them: the same ones, told again, count no more. */
const releasedSql = `update soft_bounce set bounces = '',
    delivered_at = max(coalesce(delivered_at, 0), cast(substr(bounces, 1, instr(bounces, ' ')) as integer))
  where ${key} and bounces <> ''`;

/** Whoever takes the suppression of an address away says that it is good. */
export function releaseSoftBounces(database: Database, environmentId: number, keys: readonly SuppressionKey[]): void {
  for (const { scope, channel, addressHash } of keys)
    if (scope === "everything") database.run(releasedSql, environmentId, channelCode[channel], addressHash);
}

const seenSql = `select environment_id, channel, address_hash, delivered_at, bounces from soft_bounce
  where (environment_id, channel, address_hash) > (?, ?, ?) order by environment_id, channel, address_hash limit ?`;
const forgottenSql = `delete from soft_bounce where ${key}`;

export const sweepSoftBounces: Call<"sweepSoftBounces"> = ({ database }, { after, now, limit }) => {
  const rows = database.all(seenSql, ...placeValues(after), limit);
  for (const row of rows) {
    if (!isForgotten(softBouncesOf(row), now)) continue;
    const { environmentId, channel } = addressPlace(row);
    database.run(forgottenSql, environmentId, channelCode[channel], text(row, "address_hash"));
  }
  const last = rows.at(-1);
  return last === undefined || rows.length < limit ? undefined : addressPlace(last);
};
