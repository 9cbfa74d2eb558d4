import { z } from "zod";
import { budgetSchema } from "./allowances.ts";
import { keywordAnswersSchema } from "./keyword-answers.ts";
import { legalTextsSchema } from "./legal-texts.ts";
import { tenantPreferencesSchema } from "./preferences.ts";
import { line, timeSchema } from "./text.ts";
import { timingFields } from "./timing.ts";

/** Body of `PUT /v1/tenants/{key}`: a customer of the application, whose messages may look its own way. */
export const tenantBodySchema = z.strictObject({
  name: line(200).optional(),
  /** What templates read as `{{tenant.branding.logoUrl}}`. */
  branding: z
    .record(line(100), z.union([z.string().max(5000), z.number(), z.boolean()]))
    .refine((branding) => Object.keys(branding).length <= 100, { error: "has at most 100 names" })
    .optional(),
  /** Defaults for its recipients, above those of categories. */
  preferences: tenantPreferencesSchema.optional(),
  /** What words that its recipients send by SMS are answered with, above the environment's. */
  keywordAnswers: keywordAnswersSchema.optional(),
  /** What stands below its messages, by class, in place of the environment's. */
  legalTexts: legalTextsSchema.optional(),
  /** What attempts at messages to its recipients may cost a day, within the environment's. */
  budget: budgetSchema.optional(),
  ...timingFields,
});
export type TenantBody = z.infer<typeof tenantBodySchema>;

export const tenantViewSchema = z.object({
  key: z.string(),
  version: z.int(),
  updatedAt: timeSchema,
  document: tenantBodySchema,
});
