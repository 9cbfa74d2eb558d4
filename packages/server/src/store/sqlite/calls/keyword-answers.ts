import { type AnswerGiven, type AnswerWanted, answersOf, giveAnswer } from "../../../domain/keyword-answer.ts";
import type { SuppressionKey } from "../../../domain/suppression.ts";
import { channelCode } from "../../sql/codes.ts";
import { text } from "../../sql/columns.ts";
import type { Database } from "../database.ts";

type Address = Pick<SuppressionKey, "channel" | "addressHash">;

const knownSql = "select answers from keyword_answer where environment_id = ? and channel = ? and address_hash = ?";
const writtenSql = `insert into keyword_answer (environment_id, channel, address_hash, answers) values (?, ?, ?, ?)
  on conflict do update set answers = excluded.answers`;

const keyOf = (environmentId: number, { channel, addressHash }: Address) =>
  [environmentId, channelCode[channel], addressHash] as const;

function knownAnswers(database: Database, environmentId: number, address: Address): AnswerGiven[] {
  const row = database.get(knownSql, ...keyOf(environmentId, address));
  return row === undefined ? [] : answersOf(text(row, "answers"));
}

/** What the message was answered when it was told before. */
export function knownAnswer(
  database: Database,
  environmentId: number,
  address: Address,
  { id }: { id: string },
): AnswerGiven | undefined {
  return knownAnswers(database, environmentId, address).find((given) => given.id === id);
}

/** Undefined where the number has had its answers. */
export function takeAnswer(
  database: Database,
  environmentId: number,
  address: Address,
  wanted: AnswerWanted,
): AnswerGiven | undefined {
  const { answer, answers } = giveAnswer(knownAnswers(database, environmentId, address), wanted);
  database.run(writtenSql, ...keyOf(environmentId, address), JSON.stringify(answers));
  return answer;
}
