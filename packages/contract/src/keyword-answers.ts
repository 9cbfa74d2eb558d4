import { z } from "zod";
import { languageSchema, line } from "./text.ts";

/** Three SMS at the most, and room for what is filled in. */
const textMax = 480;

/** Texts that answer a word which came in by SMS. `{name}`, `{contact}` and `{category}` are filled in. */
export const keywordTextsSchema = z.strictObject({
  stop: line(textMax).optional(),
  stopCategory: line(textMax).optional(),
  start: line(textMax).optional(),
  startCategory: line(textMax).optional(),
  help: line(textMax).optional(),
});
export type KeywordTexts = z.infer<typeof keywordTextsSchema>;

/** What STOP, START and HELP are answered with. Whatever is left out is as in the level below, and in the end built in. */
export const keywordAnswersSchema = z.strictObject({
  /** Who sends. */
  name: line(100).optional(),
  /** Where help is to be had. */
  contact: line(200).optional(),
  /** By language, such as `de`. */
  texts: z
    .record(languageSchema, keywordTextsSchema)
    .refine((texts) => Object.keys(texts).length <= 50, { error: "has at most 50 languages" })
    .optional(),
});
export type KeywordAnswers = z.infer<typeof keywordAnswersSchema>;
