import { channels, lanes } from "@tidings/contract/words";
import type { QueueDepth } from "../../../ports/store/maintenance.ts";
import { channelCode, laneCode, messageStateCode } from "../../sql/codes.ts";
import type { SqlValue } from "../../sql/columns.ts";
import { integer, integerOrNull } from "../../sql/columns.ts";
import { idempotencyBucketMs } from "../../sql/idempotency.ts";
import { mailRow } from "../../sql/rows/mail.ts";
import { recentSum } from "../../sql/rows/recent-sum.ts";
import type { Call, CallContext } from "../context.ts";

export const queueDepths: Call<"queueDepths"> = (context, { now, countMax }) =>
  lanes.flatMap((lane) => {
    const code = laneCode[lane];
    const own = depth(context, "event where lane = ?", [code], now, countMax);
    const parts = depth(context, "continuation where lane = ?", [code], now, countMax);
    const events = { due: own.due + parts.due, oldestDueAt: earlier(own.oldestDueAt, parts.oldestDueAt) };
    const rows: QueueDepth[] = [
      { queue: "events", lane, channel: undefined, ...events },
      { queue: "runs", lane, channel: undefined, ...depth(context, "run where lane = ?", [code], now, countMax) },
    ];
    rows.push({
      queue: "effects",
      lane,
      channel: undefined,
      ...depth(context, "effect where lane = ?", [code], now, countMax),
    });
    for (const channel of channels) {
      const where = `message where lane = ? and channel = ? and state = ${messageStateCode.queued}`;
      rows.push({
        queue: "delivery",
        lane,
        channel,
        ...depth(context, where, [code, channelCode[channel]], now, countMax),
      });
    }
    return rows;
  });

function depth({ database }: CallContext, from: string, values: SqlValue[], now: number, countMax: number) {
  const row = database.get(
    `select count(*) as due, min(due_at) as oldest from (select due_at from ${from} and due_at <= ? limit ?)`,
    ...values,
    now,
    countMax,
  );
  const oldest = row === undefined ? null : integerOrNull(row, "oldest");
  return { due: row === undefined ? 0 : integer(row, "due"), oldestDueAt: oldest ?? undefined };
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b);
}

export const recentSums: Call<"recentSums"> = ({ database }, { fromMinute, toMinute }) =>
  database
    .all(
      `select metric, lane, channel, sum(value) as value from statistic where minute >= ? and minute < ?
       group by metric, lane, channel`,
      fromMinute,
      toMinute,
    )
    .map(recentSum);

const claimSqls = [
  ["throttle", "hash"],
  ["dedupe", "hash"],
  ["arrival", "key_hash"],
  ["feedback_once", "key_hash"],
  ["derived", "root"],
].map(
  ([table, hash]) =>
    `delete from ${table} where (environment_id, ${hash}) in (select environment_id, ${hash} from ${table} where expires_at <= ? limit ?)`,
);

export const purgeExpiredKeys: Call<"purgeExpiredKeys"> = ({ database }, { now, limit }) => {
  // A bucket may go once the longest time to live, a week, is over for its newest key; shorter ones are found expired when read.
  const oldestBucket = Math.floor((now - 7 * 86_400_000) / idempotencyBucketMs);
  const keys = database.run(
    `delete from idempotency where (bucket, environment_id, key_hash) in
       (select bucket, environment_id, key_hash from idempotency where bucket < ? or expires_at <= ? limit ?)`,
    oldestBucket,
    now,
    limit,
  );
  let claims = 0;
  for (const sql of claimSqls) claims += database.run(sql, now, limit);
  return keys + claims;
};

export const appendMail: Call<"appendMail"> = ({ database }, { mails, keep }) => {
  for (const mail of mails) {
    database.run(
      "insert or ignore into sandbox_mail (environment_id, id, at, sealed) values (?, ?, ?, ?)",
      mail.environmentId,
      mail.id,
      mail.at,
      mail.sealed,
    );
  }
  for (const environmentId of new Set(mails.map((mail) => mail.environmentId))) {
    database.run(
      "delete from sandbox_mail where environment_id = ?1 and id <= (select id from sandbox_mail where environment_id = ?1 order by id desc limit 1 offset ?2)",
      environmentId,
      keep,
    );
  }
};

export const listMail: Call<"listMail"> = ({ database }, { environmentId, limit }) =>
  database
    .all("select * from sandbox_mail where environment_id = ? order by id desc limit ?", environmentId, limit)
    .map(mailRow);

export const findMail: Call<"findMail"> = ({ database }, { environmentId, id }) => {
  const row = database.get("select * from sandbox_mail where environment_id = ? and id = ?", environmentId, id);
  return row === undefined ? undefined : mailRow(row);
};
