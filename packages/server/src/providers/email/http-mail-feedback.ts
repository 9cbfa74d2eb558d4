import { z } from "zod";
import type { Feedback, FeedbackKind, FeedbackRequest, FeedbackResult } from "../../ports/provider.ts";
import { parsedJson } from "../vendor-outcome.ts";

/** How far a signed time may be from ours, either way, ms. */
export const signatureToleranceMs = 300_000;

export const forged: FeedbackResult = { status: "forged" };

/** A header that is there once; empty where it is not. */
export function headerOf({ headers }: Pick<FeedbackRequest, "headers">, name: string): string {
  const value = headers[name];
  return typeof value === "string" ? value : "";
}

/** Whether a time in whole seconds since 1970 is one of these minutes. */
export const isFresh = (seconds: string, now: number): boolean =>
  /^\d{1,12}$/.test(seconds) && Math.abs(now - Number(seconds) * 1000) <= signatureToleranceMs;

/** A time in seconds since 1970, with or without parts, as ms. */
export const secondsTime = z
  .number()
  .min(0)
  .max(8.64e12)
  .transform((seconds) => Math.trunc(seconds * 1000));

/** A time in ISO 8601, as ms. */
export const isoTime = z
  .string()
  .max(64)
  .transform((text, context) => {
    const at = Date.parse(text);
    if (Number.isNaN(at) || at < 0) context.addIssue({ code: "custom", message: "not a time" });
    return at;
  });

export const ourId = z.string().min(1).max(200);

/** What a body holds, by `schema`, or the place where it is wrong. `at` is in front of that place. */
export function readAs<T>(
  schema: z.ZodType<T>,
  value: unknown,
  at: readonly (string | number)[] = [],
): { data: T } | { malformed: FeedbackResult } {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { data: parsed.data };
  const place = [...at, ...(parsed.error.issues[0]?.path ?? [])].map(String).join(".");
  return { malformed: { status: "malformed", detail: place === "" ? "wrong at its root" : `wrong at ${place}` } };
}

export function readJson<T>(schema: z.ZodType<T>, body: Buffer): { data: T } | { malformed: FeedbackResult } {
  const value = parsedJson(body);
  return value === undefined ? { malformed: { status: "malformed", detail: "not JSON" } } : readAs(schema, value);
}

/** A code as a report keeps it: the vendor's words only where they are a code. */
export function report(messageId: string, kind: FeedbackKind, at: number, code?: string): Feedback {
  return code !== undefined && /^[\w.-]{1,40}$/.test(code) ? { messageId, kind, at, code } : { messageId, kind, at };
}

/** What a vendor's words mean; a map, as its words may be the names of what every object has. */
export const kinds = (table: Record<string, FeedbackKind>): ReadonlyMap<string, FeedbackKind> =>
  new Map(Object.entries(table));

export const verified = (feedback: Feedback[]): FeedbackResult => ({ status: "verified", feedback });
