import { z } from "zod";
import { bodyText, languageSchema } from "./text.ts";
import { laneSchema } from "./words.ts";

/** Channels whose messages have a text of their own. */
export const legalTextChannels = ["email", "sms", "push", "chat", "voice"] as const;

const placeholders = ["unsubscribe", "preferences"] as const;
const textMax = 5000;

/** A text in which `{unsubscribe}` and `{preferences}` stand for links. */
const linkedText = bodyText(textMax)
  .min(1)
  .refine(
    (text) => [...text.matchAll(/\{(\w+)\}/g)].every(([, name]) => placeholders.some((known) => known === name)),
    {
      error: "may have {unsubscribe} and {preferences} alone in braces",
    },
  );

/** What stands below each message of a class: who sends, a postal address, how to say no. */
export const legalTextSchema = z.strictObject({
  classes: z.array(laneSchema).min(1).max(3),
  channels: z.array(z.enum(legalTextChannels)).min(1).max(legalTextChannels.length),
  text: linkedText,
  /** By language, such as `de`, in place of `text`. */
  languages: z
    .record(languageSchema, linkedText)
    .refine((languages) => Object.keys(languages).length <= 50, { error: "has at most 50 languages" })
    .optional(),
});
export type LegalText = z.infer<typeof legalTextSchema>;

/** Of several that fit a message the last holds. */
export const legalTextsSchema = z.array(legalTextSchema).max(50);
