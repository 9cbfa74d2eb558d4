import { z } from "zod";
import type { SmsKeyword } from "./sms-keyword.ts";

/** Why a word suppresses: what a message that confirms a STOP may pass is of this reason. */
export const keywordReason = "sms_keyword";

/** What messages that answer a word are counted under; no category needs to be written for it. */
export const answerCategory = "keyword_answers";

/** An answer to a message that came in. */
const givenSchema = z.object({
  /** Of the message that it answers. */
  id: z.string(),
  /** When, ms. */
  at: z.number(),
  /** When the suppression was written that it passes, ms; null where it passes none. */
  stoppedAt: z.number().nullable(),
});
export type AnswerGiven = z.infer<typeof givenSchema>;

export interface AnswerWanted extends AnswerGiven {
  /** Answers to one number in an hour. */
  perHourMax: number;
}

/** An answer, as it is to go out. */
export interface KeywordAnswer {
  recipient: string;
  /** The number that said the word, among theirs. */
  addressHash: string;
  tenant: string;
  word: SmsKeyword["word"];
  /** That the word came in by. */
  integration: string;
  text: string;
  /** After it nobody waits for it any more, ms. */
  expiresAt: number;
  /** When the suppression was written that it passes, ms. */
  stoppedAt?: number;
}

/** How long an answer counts, and is remembered. */
export const answerWindowMs = 3_600_000;

export const answersOf = (text: string): AnswerGiven[] => z.array(givenSchema).parse(JSON.parse(text));

/** The answer where there is to be one: the same again to a message told again, and no more in an hour than may be. Pure. */
export function giveAnswer(
  known: readonly AnswerGiven[],
  { perHourMax, ...wanted }: AnswerWanted,
): { answer: AnswerGiven | undefined; answers: readonly AnswerGiven[] } {
  const again = known.find(({ id }) => id === wanted.id);
  if (again !== undefined) return { answer: again, answers: known };
  const late = known.filter(({ at }) => at > wanted.at - answerWindowMs);
  if (late.length >= perHourMax) return { answer: undefined, answers: late };
  return { answer: wanted, answers: [...late, wanted] };
}
