import { z } from "zod";
import { baseUrlSchema } from "../base-url.ts";

const secret = z
  .string()
  .max(200)
  .regex(/^[\x21-\x7e]+$/, { error: "must be printable and have no blanks" });

export const vonageSettingsSchema = z.strictObject({
  apiKey: z.string().regex(/^[A-Za-z0-9]{1,50}$/, { error: "must consist of letters and digits" }),
  apiSecret: secret,
  from: z.string().regex(/^(\+?[1-9]\d{2,14}|(?=.*[A-Za-z])[A-Za-z0-9 _&.-]{1,11})$/, {
    error: "must be a number, or a name of at most 11 letters and digits",
  }),
  /** What Vonage signs its webhooks with; none is believed where it is left out. */
  signatureSecret: secret.optional(),
  /** As set in the dashboard; its default, MD5, is not taken. */
  signatureMethod: z.enum(["sha256", "sha512"]).default("sha256"),
  baseUrl: baseUrlSchema.optional(),
});
export type VonageSettings = z.infer<typeof vonageSettingsSchema>;
