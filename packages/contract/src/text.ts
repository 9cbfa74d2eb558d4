import { z } from "zod";

/**
 * CR, LF and NUL in names, addresses and subjects are how headers are forged (RFC 5322 §2.2). A lone surrogate is refused
 * beside them: it does not survive UTF-8, so what is stored would not be what was given.
 */
const control = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/** One line of text of 1 to `max` characters. */
export const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((text) => !control.test(text), { error: "must not contain control characters or lone surrogates" });

/** A key that the application chooses for a workflow, category, template, integration or tenant. */
export const keySchema = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, { error: "must consist of letters, digits, '.', '_' and '-'" });

/** Id that the application gives a recipient. As a segment of a path "." and ".." name something else (RFC 3986 §5.2.4). */
export const recipientIdSchema = line(200).refine((id) => id !== "." && id !== "..", {
  error: "must not be '.' or '..'",
});

/** UUID as text, lower case. */
export const idSchema = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, { error: "must be a UUID" });

/** A point in time, ISO 8601 with an offset, as the API takes and gives it. */
export const timeSchema = z.iso.datetime({ offset: true });

/** Whole text of a template or message; NUL is refused, new lines are welcome. */
export const bodyText = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => !text.includes("\u0000"), { error: "must not contain NUL" });

/** Language of texts that are written by language, such as `de`. */
export const languageSchema = z.string().regex(/^[a-z]{2,3}$/, { error: "must be a language, such as de" });

/** BCP 47 locale, such as `de-AT`. */
export const localeSchema = z
  .string()
  .max(35)
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, { error: "must be a BCP 47 locale, such as de-AT" });
