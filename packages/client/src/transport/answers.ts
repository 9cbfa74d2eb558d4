import { problemSchema } from "@tidings/contract/errors";
import type { z } from "zod";
import { TidingsAnswerError, TidingsApiError } from "../errors.ts";
import type { RawAnswer } from "./fetch.ts";
import { faultsOfAnswer, isUsable } from "./lenient.ts";
import type { Operation } from "./operation.ts";
import { retryAfterMs } from "./retry.ts";

export function isSuccess({ alsoStatus }: Operation, { status, contentType }: RawAnswer): boolean {
  if (status >= 200 && status < 300) return true;
  return status === alsoStatus && !contentType.startsWith("application/problem+json");
}

/** The value of a successful answer. Throws `TidingsAnswerError`. */
export function parseAnswer<T extends z.ZodType>(operation: Operation, schema: T, answer: RawAnswer): z.output<T> {
  const { name } = operation;
  const { status, text } = answer;
  const value = parseJson(text);
  if (value === undefined) throw new TidingsAnswerError(name, status, [{ path: "", message: "is no JSON" }]);
  try {
    if (isUsable(schema, value)) return value;
  } catch (cause) {
    // A schema that refers to itself follows an answer as deep as it goes.
    throw new TidingsAnswerError(name, status, [{ path: "", message: "cannot be read" }], { cause });
  }
  throw new TidingsAnswerError(name, status, faultsOfAnswer(schema, value));
}

/** The error of an answer that is no success: its problem, or one that says that there is none. */
export function apiError({ name }: Operation, answer: RawAnswer, attempts: number): TidingsApiError {
  const { status } = answer;
  const value = /json/i.test(answer.contentType) ? parseJson(answer.text) : undefined;
  const problem = isUsable(problemSchema, value) ? { ...value, status } : { ...noProblem, status };
  return new TidingsApiError(name, problem, { retryAfterMs: retryAfterMs(answer.retryAfter, Date.now()), attempts });
}

const noProblem = {
  type: "about:blank",
  title: "the answer is no problem of a Tidings server; something else answers there, or stands in front of it",
  code: "unknown",
};

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
