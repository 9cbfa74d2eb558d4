import fc from "fast-check";
import { expect, test } from "vitest";
import { type AnswerGiven, answerWindowMs, giveAnswer } from "./keyword-answer.ts";

test("two programs that answer each other get no more than so many answers in any hour", () => {
  const gaps = fc.array(fc.integer({ min: 0, max: answerWindowMs / 2 }), { minLength: 5, maxLength: 60 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 0, max: 5 }), (waits, perHourMax) => {
      let known: readonly AnswerGiven[] = [];
      let at = 0;
      const given: number[] = [];
      for (const [index, wait] of waits.entries()) {
        at += wait;
        const { answer, answers } = giveAnswer(known, { id: `m${index}`, at, stoppedAt: null, perHourMax });
        known = answers;
        expect(known.length).toBeLessThanOrEqual(perHourMax);
        if (answer !== undefined) given.push(at);
      }
      for (const from of given)
        expect(given.filter((time) => time >= from && time < from + answerWindowMs).length).toBeLessThanOrEqual(
          perHourMax,
        );
    }),
  );
});

test("a message that is told again gets the answer that it had, also where there would be no other", () => {
  const known: AnswerGiven[] = [{ id: "a", at: 1, stoppedAt: 1 }];
  expect(giveAnswer(known, { id: "a", at: 50, stoppedAt: 40, perHourMax: 1 })).toEqual({
    answer: known[0],
    answers: known,
  });
  expect(giveAnswer(known, { id: "b", at: 50, stoppedAt: 40, perHourMax: 1 }).answer).toBeUndefined();
});
