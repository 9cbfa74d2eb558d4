import { z } from "zod";
import { budgetSchema } from "./allowances.ts";
import { channelOrderSchema } from "./channel-order.ts";
import { countrySchema } from "./consents.ts";
import { keywordAnswersSchema } from "./keyword-answers.ts";
import { legalTextsSchema } from "./legal-texts.ts";
import { marketingGuardSchema } from "./marketing-guard.ts";
import { channelSettingsSchema } from "./preferences.ts";
import { softBouncesSchema } from "./soft-bounces.ts";
import { keySchema } from "./text.ts";
import { timingFields } from "./timing.ts";
import { trackingSchema } from "./tracking.ts";
import { channelSchema, laneSchema } from "./words.ts";

/** The one key of a policy: it holds for the environment. */
export const policyKey = "environment";

/** What the law of some countries asks for before a message of a class goes out on a channel. */
export const jurisdictionSchema = z.strictObject({
  countries: z.array(countrySchema).min(1).max(300),
  channels: z.array(channelSchema).min(1).max(10),
  classes: z.array(laneSchema).min(1).max(3),
  /** `opt_in`: consent first. `opt_out`: unless it was withdrawn. */
  rule: z.enum(["opt_in", "opt_out"]),
  /** With `opt_in`: a consent counts once it is confirmed. */
  doubleOptIn: z.boolean().optional(),
});
export type Jurisdiction = z.infer<typeof jurisdictionSchema>;

/** Which of a channel's integrations carries a message, of those that serve it. */
export const routingSchema = z.strictObject({
  /**
   * `ordered`: by priority. `weighted`: by lot among those of the best priority, by their weights. `cheapest`: by price. Each of the
   * others takes over where one lets nothing through.
   */
  channels: z.partialRecord(channelSchema, z.enum(["ordered", "weighted", "cheapest"])).optional(),
  /** Groups of countries that integrations may name. */
  regions: z.record(keySchema, z.array(countrySchema).min(1).max(300)).optional(),
});

/** Body of `PUT /v1/policies/environment`: what holds for everything in the environment. */
export const policyBodySchema = z.strictObject({
  /** Defaults, below a tenant's and a category's own. */
  preferences: channelSettingsSchema.optional(),
  /** Order of channels, below a tenant's and a category's own. */
  channelOrder: channelOrderSchema.optional(),
  /** Rules in place of the built-in ones; of several that fit the last holds. */
  jurisdictions: z.array(jurisdictionSchema).max(200).optional(),
  /** Country of recipients who have none. Where left out, no country's rules hold for them. */
  defaultCountry: countrySchema.optional(),
  /** What words that come in by SMS are answered with. */
  keywordAnswers: keywordAnswersSchema.optional(),
  /** What stands below messages of a class, where their tenant has nothing of its own. */
  legalTexts: legalTextsSchema.optional(),
  /** Whether mail of the class marketing that does not show its unsubscribe link gets a line with it; it does where left out. */
  unsubscribeLine: z.boolean().optional(),
  routing: routingSchema.optional(),
  /** When addresses are suppressed that soft-bounce time and again: three times within seven days where left out. */
  softBounces: softBouncesSchema.optional(),
  /** When marketing by an integration is paused by itself: it is watched where left out. */
  marketingGuard: marketingGuardSchema.optional(),
  /** Of mail, below a category's own; it never holds for the class critical. */
  tracking: trackingSchema.optional(),
  /** What attempts may cost a day; above it only what is critical goes out. */
  budget: budgetSchema.optional(),
  ...timingFields,
});
export type PolicyBody = z.infer<typeof policyBodySchema>;
