import { z } from "zod";
import type { ProviderDefinition } from "../../ports/provider.ts";
import {
  accountFields,
  accountSecrets,
  checkAccount,
  messagingServiceSidSchema,
  phoneNumberSchema,
} from "../twilio/account.ts";
import { type Compose, contentInvalid, type Fields, TwilioProvider } from "../twilio/call.ts";
import { contentVariablesSchema, storedFields } from "../twilio/content.ts";
import { readTwilio } from "../twilio/feedback.ts";

const settingsSchema = z
  .strictObject({
    ...accountFields,
    /** Number of the WhatsApp sender, without `whatsapp:`. */
    from: phoneNumberSchema.optional(),
    messagingServiceSid: messagingServiceSidSchema.optional(),
    contentVariables: contentVariablesSchema.optional(),
  })
  .superRefine(checkAccount)
  .refine(({ from, messagingServiceSid }) => from !== undefined || messagingServiceSid !== undefined, {
    error: "must be given, or messagingServiceSid",
    path: ["from"],
  });
type Settings = z.infer<typeof settingsSchema>;

const name = "twilio_whatsapp";
const prefix = "whatsapp:";
const address = /^whatsapp:\+[1-9]\d{6,14}$/;

function composer({ from, messagingServiceSid, contentVariables = {} }: Settings): Compose {
  const sender: Fields = [
    ...(from === undefined ? [] : [["From", prefix + from] as const]),
    ...(messagingServiceSid === undefined ? [] : [["MessagingServiceSid", messagingServiceSid] as const]),
  ];
  return ({ content, to }) => {
    if (!address.test(to))
      return { status: "rejected", kind: "permanent", code: "address_invalid", detail: "not whatsapp: and a number" };
    const stored = storedFields(content, name, contentVariables);
    if (stored !== undefined) return "status" in stored ? stored : [["To", to], ...sender, ...stored];
    const { text = "", mediaUrls = [] } = content;
    // WhatsApp shows one file per message
    if (mediaUrls.length > 1) return contentInvalid("more than one file");
    if (text === "" && mediaUrls.length === 0) return contentInvalid("neither text nor media");
    const said: Fields = text === "" ? [] : [["Body", text]];
    return [["To", to], ...sender, ...said, ...mediaUrls.map((url) => ["MediaUrl", url] as const)];
  };
}

/**
 * WhatsApp through Twilio (twilio.com/docs/whatsapp/api). A text reaches only who has written within 24 hours; all others need a
 * stored template of the account, whose ContentSid the content names for `twilio_whatsapp`.
 */
export const twilioWhatsapp: ProviderDefinition<Settings> = {
  name,
  channels: ["chat"],
  schema: settingsSchema,
  secretNames: accountSecrets,
  serves: (to) => address.test(to),
  create: (settings, environment) => new TwilioProvider(settings, "Messages", composer(settings), environment),
  feedback: readTwilio,
};
