import { z } from "zod";
import type { OutboundResponse, Outcome } from "../../ports/provider.ts";
import { malformedAnswer, parsedJson, vendorFailure } from "../vendor-outcome.ts";
import { sendgridStatuses } from "./sendgrid-codes.ts";

const errorsSchema = z.object({
  errors: z
    .array(z.object({ field: z.string().nullish() }))
    .min(1)
    .max(10_000),
});

/** What an answer means for all mails of its call, and which fields of the request it names. */
export function readSendgridAnswer(response: OutboundResponse, now: number): { outcome: Outcome; fields: string[] } {
  const fields = refusedFields(response);
  const [detail] = fields;
  const failure = vendorFailure(untilReset(response, now), now, sendgridStatuses, () => ({ code: undefined, detail }));
  return { outcome: failure ?? acceptance(response), fields };
}

/** 202 is the whole answer: queued. 200 would say valid, and not queued (sandbox mode), which nobody asked for. */
function acceptance(response: OutboundResponse): Outcome {
  if (response.status !== "response" || response.statusCode !== 202) return malformedAnswer;
  const id = response.headers["x-message-id"];
  return typeof id === "string" ? { status: "accepted", providerMessageId: id.slice(0, 200) } : { status: "accepted" };
}

/** Which fields a refusal names; empty where it names none, or something that is no field. */
function refusedFields(response: OutboundResponse): string[] {
  if (response.status !== "response" || response.statusCode < 400) return [];
  const errors = errorsSchema.safeParse(parsedJson(response.body)).data?.errors ?? [];
  const fields = errors.map(({ field }) => field ?? "");
  return fields.every((field) => /^[a-z0-9_.]{1,100}$/.test(field)) ? fields : [];
}

/** What is wrong is said once for all mails of a call: sender, content, template. */
export const isSharedFault = (fields: readonly string[]): boolean =>
  fields.length > 0 && fields.every((field) => field !== "" && !field.startsWith("personalizations"));

/** Indexes in `personalizations.3.to.0.email`; empty where a field is not of one recipient. */
export function namedRecipients(fields: readonly string[], count: number): Set<number> {
  const indexes = fields.map((field) => Number(/^personalizations\.(\d{1,4})\./.exec(field)?.[1] ?? Number.NaN));
  return indexes.every((index) => index < count) ? new Set(indexes) : new Set();
}

/** Without a Retry-After, X-RateLimit-Reset says when the next period begins, in seconds since 1970. */
function untilReset(response: OutboundResponse, now: number): OutboundResponse {
  if (response.status !== "response" || response.statusCode !== 429) return response;
  const { "retry-after": given, "x-ratelimit-reset": reset } = response.headers;
  if (given !== undefined || typeof reset !== "string" || !/^\d{1,12}$/.test(reset)) return response;
  const seconds = Math.max(1, Math.ceil(Number(reset) - now / 1000));
  return { ...response, headers: { ...response.headers, "retry-after": String(seconds) } };
}
