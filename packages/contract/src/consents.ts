import { z } from "zod";
import { idSchema, keySchema, line, timeSchema } from "./text.ts";
import { channelSchema } from "./words.ts";

/** `requested` is the first half of a double opt-in: it grants nothing. */
export const consentActions = ["granted", "withdrawn", "requested"] as const;
export const consentActionSchema = z.enum(consentActions);
export type ConsentAction = z.infer<typeof consentActionSchema>;

/** The purpose that covers all there is, critical messages too. */
export const everything = "everything";

/** ISO 3166-1 alpha-2, in capitals. */
export const countrySchema = z.string().regex(/^[A-Z]{2}$/, { error: "must be a country of ISO 3166-1, such as AT" });

const consentFields = {
  /** Key of a category, a class, or `everything`. */
  purpose: keySchema,
  /** All channels where left out. */
  channel: channelSchema.optional(),
  action: consentActionSchema,
  /** Where it was said: a form, a call, a paper. */
  source: line(200),
  ip: z.union([z.ipv4(), z.ipv6()]).optional(),
  /** Of the program by which it was said. */
  userAgent: line(1000).optional(),
  /** Version of the text that was agreed to. */
  textVersion: line(200).optional(),
  jurisdiction: line(20).optional(),
  /** Of a grant: whoever gave it has shown that the address is theirs, by a link that was sent there. */
  confirmed: z.boolean().optional(),
};

/** Body of `POST /v1/recipients/{id}/consents`. */
export const consentBodySchema = z.strictObject({
  ...consentFields,
  /** When it was said; now where left out. What is older than what is in force is kept as evidence alone. */
  at: timeSchema.optional(),
});
export type ConsentBody = z.infer<typeof consentBodySchema>;

/** An entry of the ledger, which is only ever added to. */
export const consentSchema = z.object({ id: idSchema, ...consentFields, at: timeSchema, recordedAt: timeSchema });
export type ConsentView = z.infer<typeof consentSchema>;

/** Body of `POST /v1/recipients/{id}/consents/confirmation`: which consent waits to be confirmed. */
export const confirmationBodySchema = z.strictObject({
  purpose: keySchema,
  /** As it was requested: all channels where left out. */
  channel: channelSchema.optional(),
});

/** A link by which the recipient confirms it. Whoever has it can: it belongs into a message to them alone. */
export const confirmationSchema = z.object({ url: z.string(), expiresAt: timeSchema });
export type ConfirmationView = z.infer<typeof confirmationSchema>;
