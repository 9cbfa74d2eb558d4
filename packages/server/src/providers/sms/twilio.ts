import { z } from "zod";
import type { OutboundMessage, ProviderDefinition } from "../../ports/provider.ts";
import { accountFields, accountSecrets, checkAccount, messagingServiceSidSchema } from "../twilio/account.ts";
import { type Compose, contentInvalid, type Fields, TwilioProvider } from "../twilio/call.ts";
import { contentVariablesSchema, storedFields } from "../twilio/content.ts";
import { readTwilio } from "../twilio/feedback.ts";

/** A number, a short code, or a name of at most 11 letters and digits where the country allows one. */
const senderSchema = z.string().regex(/^(\+[1-9]\d{6,14}|\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 +_&-]{1,11})$/, {
  error: "must be a number in E.164 form, a short code, or a name of at most 11 letters and digits",
});

const settingsSchema = z
  .strictObject({
    ...accountFields,
    from: senderSchema.optional(),
    messagingServiceSid: messagingServiceSidSchema.optional(),
    contentVariables: contentVariablesSchema.optional(),
  })
  .superRefine(checkAccount)
  .refine(({ from, messagingServiceSid }) => (from === undefined) !== (messagingServiceSid === undefined), {
    error: "must be given, or messagingServiceSid, not both",
    path: ["from"],
  });
type Settings = z.infer<typeof settingsSchema>;

/** twilio.com/docs/messaging/api/message-resource: up to ten media, and 1 to 36,000 s in Twilio's queue. */
const mediaMax = 10;
const validitySecondsMax = 36_000;

function composer({ from, messagingServiceSid, contentVariables = {} }: Settings): Compose {
  const sender: Fields = [from === undefined ? ["MessagingServiceSid", messagingServiceSid ?? ""] : ["From", from]];
  return (message, nowMs) => {
    const { content, to } = message;
    const stored = storedFields(content, "twilio", contentVariables);
    if (stored !== undefined && "status" in stored) return stored;
    const said = stored ?? ownFields(content);
    if (said.length === 0) return contentInvalid("neither text nor media");
    if (said.filter(([name]) => name === "MediaUrl").length > mediaMax) return contentInvalid("more than 10 media");
    return [["To", to], ...sender, ...said, ...validity(message, nowMs)];
  };
}

function ownFields({ text, mediaUrls = [] }: OutboundMessage["content"]): Fields {
  const media = mediaUrls.map((url) => ["MediaUrl", url] as const);
  return text === undefined || text === "" ? media : [["Body", text], ...media];
}

function validity({ expiresAt }: OutboundMessage, nowMs: number): Fields {
  if (expiresAt === null) return [];
  const seconds = Math.max(1, Math.floor((expiresAt - nowMs) / 1000));
  return seconds < validitySecondsMax ? [["ValidityPeriod", String(seconds)]] : [];
}

/** SMS and MMS by Twilio's Messages API. */
export const twilioSms: ProviderDefinition<Settings> = {
  name: "twilio",
  channels: ["sms"],
  schema: settingsSchema,
  secretNames: accountSecrets,
  // its default for long codes and toll-free numbers: twilio.com/docs/messaging/tutorials/advanced-opt-out
  answersKeywords: true,
  create: (settings, environment) => new TwilioProvider(settings, "Messages", composer(settings), environment),
  feedback: readTwilio,
};
