import { codeAt, textAt, valueAt } from "../../domain/json-path.ts";
import { retryAfterMs } from "../../lib/retry-after.ts";
import type { OutboundResponse, Outcome } from "../../ports/provider.ts";
import { failureOf } from "../http-outcomes.ts";
import { accountStatuses, malformedAnswer, parsedJson, vendorFailure } from "../vendor-outcome.ts";
import type { AnswerSettings, OutcomeRule } from "./settings.ts";

type Response = Extract<OutboundResponse, { status: "response" }>;

/** Nobody is waited for longer than a day. */
const waitMsMax = 86_400_000;
const idLengthMax = 200;

/** What is read of an answer, or of one entry of it. */
interface Places {
  code?: string | undefined;
  messageId?: string | undefined;
}

/** What an answer means, for its one message or for all that it is about. One with `entries` tells of each of them there. */
export function outcomeOf(
  answer: AnswerSettings,
  response: OutboundResponse,
  nowMs: number,
  entries: "entries" | undefined,
): Outcome {
  if (response.status !== "response") return failureOf(response, nowMs) ?? malformedAnswer;
  const json = parsedJson(response.body);
  const wait = waitOf(answer, response, json, nowMs);
  const code = codeAt(json, answer.code);
  const places = { code: answer.code, messageId: entries === undefined ? answer.messageId : undefined };
  const rule = ruleFor(answer.rules, response.statusCode, code);
  if (rule !== undefined) return ruled(rule, response.statusCode, json, places, wait);
  const failure = vendorFailure(response, nowMs, accountStatuses, () => ({ code, retryAfterMs: wait }));
  return failure ?? (entries === undefined ? takenOutcome(answer, json, places, code) : { status: "accepted" });
}

/** What an entry of a list of results means; the answer itself was 2xx. */
export function entryOutcome(answer: AnswerSettings, statusCode: number, entry: unknown, places: Places): Outcome {
  const code = codeAt(entry, places.code);
  const rule = ruleFor(answer.rules, statusCode, code);
  return rule === undefined
    ? takenOutcome(answer, entry, places, code)
    : ruled(rule, statusCode, entry, places, undefined);
}

const includes = <T>(one: T | T[] | undefined, value: T | undefined): boolean => {
  if (one === undefined) return true;
  return value !== undefined && (Array.isArray(one) ? one.includes(value) : one === value);
};

function ruleFor(rules: readonly OutcomeRule[], statusCode: number, code: string | undefined): OutcomeRule | undefined {
  return rules.find((rule) => includes(rule.status, statusCode) && includes(rule.code, code));
}

function ruled(
  rule: OutcomeRule,
  statusCode: number,
  json: unknown,
  places: Places,
  waitMs: number | undefined,
): Outcome {
  if (rule.is === "accepted") return accepted(json, places);
  const code = codeAt(json, places.code) ?? String(statusCode);
  if (rule.is === "unknown") return { status: "unknown", code };
  const retryMs = rule.is === "transient" ? Math.max(waitMs ?? 0, rule.retryAfterMs ?? 0) : 0;
  return {
    status: "rejected",
    kind: rule.is,
    code,
    ...(rule.scope === undefined ? {} : { scope: rule.scope }),
    ...(rule.suppress === true ? { suppress: true } : {}),
    ...(rule.attemptsMax === undefined ? {} : { attemptsMax: rule.attemptsMax }),
    ...(retryMs === 0 ? {} : { retryAfterMs: retryMs }),
  };
}

/**
 * A success that no rule is about. Where rules say by which codes a message is taken, another code leaves open whether it was:
 * nobody may take it for a refusal, and send again.
 */
function takenOutcome(answer: AnswerSettings, json: unknown, places: Places, code: string | undefined): Outcome {
  const isSaidByCode = answer.rules.some((rule) => rule.is === "accepted" && rule.code !== undefined);
  if (!isSaidByCode) return accepted(json, places);
  return code === undefined ? malformedAnswer : { status: "unknown", code, detail: "a code that no rule names" };
}

function accepted(json: unknown, { messageId }: Places): Outcome {
  if (messageId === undefined) return { status: "accepted" };
  const id = textAt(json, messageId, idLengthMax);
  return id === undefined ? malformedAnswer : { status: "accepted", providerMessageId: id };
}

function waitOf(
  { retryAfter }: AnswerSettings,
  { headers }: Response,
  json: unknown,
  nowMs: number,
): number | undefined {
  if (retryAfter === undefined) return retryAfterMs(headers["retry-after"], nowMs);
  const given = "path" in retryAfter ? valueAt(json, retryAfter.path) : headers[retryAfter.header];
  const number = typeof given === "number" || (typeof given === "string" && given !== "") ? Number(given) : Number.NaN;
  if (!Number.isFinite(number) || number < 0) return undefined;
  return Math.min(Math.ceil(retryAfter.unit === "seconds" ? number * 1000 : number), waitMsMax);
}
