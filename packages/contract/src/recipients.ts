import { z } from "zod";
import { countrySchema } from "./consents.ts";
import { jsonObject } from "./data.ts";
import { limits } from "./limits.ts";
import { keySchema, line, localeSchema, recipientIdSchema, timeSchema } from "./text.ts";
import { timeZoneSchema } from "./time-zone.ts";

/** Mail address: one `@`, no space, no control character, at most 254 characters (RFC 5321 §4.5.3.1). */
export const emailSchema = line(254).regex(/^[^\s@<>(),;:\\"[\]]+@[^\s@<>(),;:\\"[\]]+$/, {
  error: "must be a mail address",
});

/** Phone number in E.164 form. */
export const phoneSchema = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/, { error: "must be a phone number in E.164 form, such as +4366012345" });

const tokenSchema = line(4096);

/** http or https address of an endpoint. User name and password in it are refused. */
export const webhookUrlSchema = line(2048).refine(
  (text) => {
    if (!URL.canParse(text)) return false;
    const url = new URL(text);
    return (url.protocol === "https:" || url.protocol === "http:") && url.username === "" && url.password === "";
  },
  { error: "must be an http or https URL without user name and password" },
);

const many = <T extends z.ZodType>(schema: T) =>
  z.union([schema, z.array(schema).min(1).max(limits.addressesPerChannel)]);

const attributesSchema = jsonObject(100);

const recipientFields = {
  email: many(emailSchema).optional(),
  phone: many(phoneSchema).optional(),
  push: many(tokenSchema).optional(),
  webhook: many(webhookUrlSchema).optional(),
  chat: many(tokenSchema).optional(),
  locale: localeSchema.optional(),
  timeZone: timeZoneSchema.optional(),
  tenant: keySchema.optional(),
  /** Decides which law asks for consent. */
  country: countrySchema.optional(),
  /** Values that conditions and templates read in clear. */
  attributes: attributesSchema.optional(),
  /** Attributes that are sealed at rest. */
  personal: attributesSchema.optional(),
};

/** Body of `PUT /v1/recipients/{id}`: the whole recipient; what is left out is removed. */
export const recipientBodySchema = z.strictObject(recipientFields);
export type RecipientBody = z.infer<typeof recipientBodySchema>;

/** A recipient inside an event: upserted, never over newer data (`updatedAt`, else the event's receipt). */
export const inlineRecipientSchema = z.strictObject({
  id: recipientIdSchema,
  ...recipientFields,
  updatedAt: timeSchema.optional(),
});
export type InlineRecipient = z.infer<typeof inlineRecipientSchema>;

export const recipientSchema = recipientBodySchema.extend({
  id: recipientIdSchema,
  createdAt: timeSchema,
  updatedAt: timeSchema,
});
export type RecipientView = z.infer<typeof recipientSchema>;
