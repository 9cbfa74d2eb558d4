import type { ProviderDefinition } from "../ports/provider.ts";
import { discord } from "./chat/discord.ts";
import { slack } from "./chat/slack.ts";
import { teams } from "./chat/teams.ts";
import { telegram } from "./chat/telegram.ts";
import { twilioWhatsapp } from "./chat/twilio-whatsapp.ts";
import { mailgun } from "./email/mailgun.ts";
import { postmark } from "./email/postmark.ts";
import { resend } from "./email/resend.ts";
import { sendgrid } from "./email/sendgrid.ts";
import { ses } from "./email/ses.ts";
import { smtp } from "./email/smtp.ts";
import { genericHttp } from "./generic/http.ts";
import { inbox } from "./in-app/inbox.ts";
import { apns } from "./push/apns.ts";
import { fcm } from "./push/fcm.ts";
import { snsEndpoints } from "./push/sns.ts";
import { webPush } from "./push/web-push.ts";
import { sandbox } from "./sandbox/sandbox.ts";
import { simulator } from "./simulator/simulator.ts";
import { snsSms } from "./sms/sns.ts";
import { twilioSms } from "./sms/twilio.ts";
import { vonageSms } from "./sms/vonage.ts";
import { twilioVoice } from "./voice/twilio.ts";
import { standardWebhook } from "./webhook/standard.ts";

const definitions: readonly ProviderDefinition[] = [
  apns,
  discord,
  fcm,
  genericHttp,
  inbox,
  mailgun,
  postmark,
  resend,
  sandbox,
  sendgrid,
  ses,
  simulator,
  slack,
  smtp,
  snsEndpoints,
  snsSms,
  standardWebhook,
  teams,
  telegram,
  twilioSms,
  twilioVoice,
  twilioWhatsapp,
  vonageSms,
  webPush,
];

/** All providers, by the name that an integration's `provider` gives. */
export const providers: ReadonlyMap<string, ProviderDefinition> = new Map(
  definitions.map((definition) => [definition.name, definition]),
);
