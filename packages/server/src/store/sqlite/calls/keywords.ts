import { keywordReason } from "../../../domain/keyword-answer.ts";
import type { SuppressionKey } from "../../../domain/suppression.ts";
import type { KeywordHeard, KeywordWrite } from "../../../ports/store/keywords.ts";
import { channelCode } from "../../sql/codes.ts";
import { integer, text } from "../../sql/columns.ts";
import { keywordAgain, stoppedAtOf } from "../../sql/keywords.ts";
import type { Call } from "../context.ts";
import type { Database } from "../database.ts";
import { knownAnswer, takeAnswer } from "./keyword-answers.ts";
import { deleteSuppressions, insertSuppressions } from "./suppressions.ts";

export const recordKeyword: Call<"recordKeyword"> = ({ database }, word) => {
  const { environmentId, key, stops, at } = word;
  const of = [environmentId, channelCode[key.channel], key.addressHash, key.scope, key.value] as const;
  const written = database.run(
    `insert into keyword (environment_id, channel, address_hash, scope, value, at, stops) values (?, ?, ?, ?, ?, ?, ?)
     on conflict do update set at = excluded.at, stops = excluded.stops
     where at < excluded.at or (at = excluded.at and stops < excluded.stops)`,
    ...of,
    at,
    stops ? 1 : 0,
  );
  if (written > 0) return heard(database, word);
  const known = database.get(
    "select at, stops from keyword where environment_id = ? and channel = ? and address_hash = ? and scope = ? and value = ?",
    ...of,
  );
  const result = keywordAgain(known, at, stops);
  if (result !== "repeated" || word.answer === undefined) return { result, answer: undefined };
  return { result, answer: knownAnswer(database, environmentId, key, word.answer) };
};

/** Who said the same before has had the answer, and is not answered again. */
function heard(database: Database, word: KeywordWrite): KeywordHeard {
  const { environmentId, key, answer: claim, now } = word;
  const isChange = changes(database, word, key);
  const answer =
    isChange && claim !== undefined
      ? takeAnswer(database, environmentId, key, { ...claim, at: now, stoppedAt: stoppedAtOf(word) })
      : undefined;
  return { result: "written", answer };
}

function changes(database: Database, { environmentId, stops, reason, now }: KeywordWrite, key: SuppressionKey) {
  if (stops) return insertSuppressions(database, environmentId, [{ ...key, reason, createdAt: now }]) > 0;
  return deleteSuppressions(database, environmentId, [key]) > 0;
}

const stopInForceSql = `select created_at from suppression
  where environment_id = ? and channel = ? and address_hash = ? and scope = 'sender' and value = ? and reason = ?`;

export const claimAnswer: Call<"claimAnswer"> = ({ database }, { environmentId, claim, now, sender, ...address }) => {
  const { channel, addressHash } = address;
  const stop = database.get(stopInForceSql, environmentId, channelCode[channel], addressHash, sender, keywordReason);
  const stoppedAt = stop === undefined ? null : integer(stop, "created_at");
  return takeAnswer(database, environmentId, address, { ...claim, at: now, stoppedAt });
};

export const recipientsAt: Call<"recipientsAt"> = ({ database }, { environmentId, channel, addressHash, limit }) => {
  const rows = database.all(
    "select recipient from address where environment_id = ? and channel = ? and hash = ? order by recipient limit ?",
    environmentId,
    channel,
    addressHash,
    limit,
  );
  return rows.map((row) => text(row, "recipient"));
};
