import { keywordReason } from "../../../domain/keyword-answer.ts";
import type { KeywordWrite } from "../../../ports/store/keywords.ts";
import { channelCode } from "../../sql/codes.ts";
import { integer, text } from "../../sql/columns.ts";
import { keywordAgain, stoppedAtOf } from "../../sql/keywords.ts";
import type { Call } from "../context.ts";
import type { Session } from "../session.ts";
import { knownAnswer, takeAnswer } from "./keyword-answers.ts";
import { deleteSuppressions, insertSuppressions } from "./suppressions.ts";

const writtenSql = `insert into keyword as k (environment_id, channel, address_hash, scope, value, at, stops)
  values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (environment_id, channel, address_hash, scope, value) do update set at = excluded.at, stops = excluded.stops
  where k.at < excluded.at or (k.at = excluded.at and k.stops < excluded.stops)`;
const knownSql = `select at, stops from keyword
  where environment_id = $1 and channel = $2 and address_hash = $3 and scope = $4 and value = $5`;

/** The word's row is locked from here on, so that two words of one number are heard one after the other. */
export const recordKeyword: Call<"recordKeyword"> = async ({ sql }, word) => {
  const { environmentId, key, stops, at, now, answer: claim } = word;
  const of = [environmentId, channelCode[key.channel], key.addressHash, key.scope, key.value];
  if ((await sql.run(writtenSql, ...of, at, stops ? 1 : 0)) === 0) {
    const result = keywordAgain(await sql.get(knownSql, ...of), at, stops);
    if (result !== "repeated" || claim === undefined) return { result, answer: undefined };
    return { result, answer: await knownAnswer(sql, environmentId, key, claim) };
  }
  // Who said the same before has had the answer, and is not answered again.
  if (!(await changes(sql, word)) || claim === undefined) return { result: "written", answer: undefined };
  const wanted = { ...claim, at: now, stoppedAt: stoppedAtOf(word) };
  return { result: "written", answer: await takeAnswer(sql, environmentId, key, wanted) };
};

async function changes(sql: Session, { environmentId, key, stops, reason, now }: KeywordWrite): Promise<boolean> {
  if (stops) return (await insertSuppressions(sql, environmentId, [{ ...key, reason, createdAt: now }])) > 0;
  return (await deleteSuppressions(sql, environmentId, [key])) > 0;
}

const stopInForceSql = `select created_at from suppression
  where environment_id = $1 and channel = $2 and address_hash = $3 and scope = 'sender' and value = $4 and reason = $5`;

export const claimAnswer: Call<"claimAnswer"> = async ({ sql }, { environmentId, claim, now, sender, ...address }) => {
  const { channel, addressHash } = address;
  const stop = await sql.get(stopInForceSql, environmentId, channelCode[channel], addressHash, sender, keywordReason);
  const stoppedAt = stop === undefined ? null : integer(stop, "created_at");
  return takeAnswer(sql, environmentId, address, { ...claim, at: now, stoppedAt });
};

const addressedSql = `select recipient from address where environment_id = $1 and channel = $2 and hash = $3
  order by recipient limit $4`;

export const recipientsAt: Call<"recipientsAt"> = async ({ sql }, { environmentId, channel, addressHash, limit }) =>
  (await sql.all(addressedSql, environmentId, channel, addressHash, limit)).map((row) => text(row, "recipient"));
