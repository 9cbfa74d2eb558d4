import { z } from "zod";
import type { ProviderDefinition } from "../../ports/provider.ts";
import { accountFields, accountSecrets, checkAccount, phoneNumberSchema } from "../twilio/account.ts";
import { type Compose, contentInvalid, type Fields, TwilioProvider } from "../twilio/call.ts";
import { readTwilio } from "../twilio/feedback.ts";
import { sayLanguageOf, sayLanguages } from "./say-language.ts";

const languageSchema = z.string().refine((text) => sayLanguages.includes(text), {
  error: "must be a language that Twilio reads out, such as en-GB",
});

const settingsSchema = z
  .strictObject({
    ...accountFields,
    from: phoneNumberSchema,
    /** Of texts whose locale Twilio does not read out, or that have none. */
    language: languageSchema.default("en-US"),
    /** Voice per language, such as `{"de-DE": "Polly.Vicki"}`; others get Twilio's own. */
    voices: z.record(languageSchema, z.string().regex(/^[A-Za-z0-9._-]{1,100}$/)).default({}),
    /** How often the text is read out. */
    times: z.int().min(1).max(5).default(1),
    ringSeconds: z.int().min(5).max(600).optional(),
  })
  .superRefine(checkAccount);
type Settings = z.infer<typeof settingsSchema>;

/** Of the request's `Twiml` (twilio.com/docs/voice/api/call-resource). */
const twimlLengthMax = 4000;

function composer({ from, language, voices, times, ringSeconds }: Settings): Compose {
  const ring: Fields = ringSeconds === undefined ? [] : [["Timeout", String(ringSeconds)]];
  return ({ content, to }) => {
    const text = spoken(content.text ?? "");
    if (text.trim() === "") return contentInvalid("no text");
    const spokenIn = sayLanguageOf(content.locale ?? "") ?? language;
    const twiml = twimlOf(text, { language: spokenIn, voice: voices[spokenIn], times });
    if (twiml.length > twimlLengthMax) return contentInvalid("longer than Twilio reads out");
    return [["To", to], ["From", from], ["Twiml", twiml], ...ring];
  };
}

interface Speech {
  language: string;
  voice: string | undefined;
  times: number;
}

/** twilio.com/docs/voice/twiml/say */
function twimlOf(text: string, { language, voice, times }: Speech): string {
  const attributes = [
    `language="${language}"`,
    ...(voice === undefined ? [] : [`voice="${voice}"`]),
    ...(times === 1 ? [] : [`loop="${times}"`]),
  ];
  return `<Response><Say ${attributes.join(" ")}>${escaped(text)}</Say></Response>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => entities[one] ?? one);

/** Without what XML 1.0 §2.2 has no place for, escaped or not. */
const spoken = (text: string): string =>
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, " ");

/** Calls that read the text out, by Twilio's Calls API. */
export const twilioVoice: ProviderDefinition<Settings> = {
  name: "twilio_voice",
  channels: ["voice"],
  schema: settingsSchema,
  secretNames: accountSecrets,
  create: (settings, environment) => new TwilioProvider(settings, "Calls", composer(settings), environment),
  feedback: readTwilio,
};
