import { type AnswerGiven, type AnswerWanted, answersOf, giveAnswer } from "../../../domain/keyword-answer.ts";
import type { SuppressionKey } from "../../../domain/suppression.ts";
import { channelCode } from "../../sql/codes.ts";
import { text } from "../../sql/columns.ts";
import type { Session } from "../session.ts";

type Address = Pick<SuppressionKey, "channel" | "addressHash">;

const knownSql = "select answers from keyword_answer where environment_id = $1 and channel = $2 and address_hash = $3";
/** Locks the number's row, which is there then: answers to one number are counted one after the other. */
const lockedSql = `insert into keyword_answer as k (environment_id, channel, address_hash, answers) values ($1, $2, $3, '[]')
  on conflict (environment_id, channel, address_hash) do update set answers = k.answers returning answers`;
const writtenSql =
  "update keyword_answer set answers = $4 where environment_id = $1 and channel = $2 and address_hash = $3";

const keyOf = (environmentId: number, { channel, addressHash }: Address) => [
  environmentId,
  channelCode[channel],
  addressHash,
];

/** What the message was answered when it was told before. */
export async function knownAnswer(
  sql: Session,
  environmentId: number,
  address: Address,
  { id }: { id: string },
): Promise<AnswerGiven | undefined> {
  const row = await sql.get(knownSql, ...keyOf(environmentId, address));
  return row === undefined ? undefined : answersOf(text(row, "answers")).find((given) => given.id === id);
}

/** Undefined where the number has had its answers. */
export async function takeAnswer(
  sql: Session,
  environmentId: number,
  address: Address,
  wanted: AnswerWanted,
): Promise<AnswerGiven | undefined> {
  const key = keyOf(environmentId, address);
  const row = await sql.get(lockedSql, ...key);
  const { answer, answers } = giveAnswer(row === undefined ? [] : answersOf(text(row, "answers")), wanted);
  await sql.run(writtenSql, ...key, JSON.stringify(answers));
  return answer;
}
