import { z } from "zod";
import { baseUrlSchema } from "../base-url.ts";

/** Printable and without blanks, as Twilio makes them. */
const secret = z
  .string()
  .max(200)
  .regex(/^[\x21-\x7e]+$/, { error: "must be printable and have no blanks" });

const sid = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}[0-9a-fA-F]{32}$`), { error: `must be ${prefix} and 32 hex digits` });

export const messagingServiceSidSchema = sid("MG");
export const contentSidSchema = sid("HX");
export const phoneNumberSchema = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/, { error: "must be a phone number in E.164 form, such as +15558675310" });

/**
 * Who calls Twilio: the account's own token, or an API key (twilio.com/docs/iam/api-keys). Reports are signed with the token in
 * either case. `baseUrl` also names another region, such as `https://api.dublin.ie1.twilio.com`.
 */
export const accountFields = {
  accountSid: sid("AC"),
  authToken: secret.optional(),
  apiKeySid: sid("SK").optional(),
  apiKeySecret: secret.optional(),
  baseUrl: baseUrlSchema.optional(),
};
export const accountSecrets: readonly string[] = ["authToken", "apiKeySecret"];

const accountSchema = z.object(accountFields);
export type TwilioAccount = z.infer<typeof accountSchema>;

/** For `superRefine`: says which secret is missing. */
export function checkAccount({ authToken, apiKeySid, apiKeySecret }: TwilioAccount, context: z.RefinementCtx): void {
  const missing = (name: string, message: string) => context.addIssue({ code: "custom", path: [name], message });
  if (apiKeySid !== undefined && apiKeySecret === undefined) missing("apiKeySecret", "goes with apiKeySid");
  if (apiKeySid === undefined && apiKeySecret !== undefined) missing("apiKeySid", "goes with apiKeySecret");
  if (apiKeySid === undefined && authToken === undefined)
    missing("authToken", "must be given, or apiKeySid and apiKeySecret");
}

/** Basic authentication (RFC 7617). */
export function authorizationOf({ accountSid, authToken, apiKeySid, apiKeySecret }: TwilioAccount): string {
  const [user, password] = apiKeySid === undefined ? [accountSid, authToken] : [apiKeySid, apiKeySecret];
  return `Basic ${Buffer.from(`${user}:${password ?? ""}`).toString("base64")}`;
}
