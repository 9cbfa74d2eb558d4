import type { TemplateBody } from "@tidings/contract/templates";
import type { Channel } from "@tidings/contract/words";
import { TemplateFault } from "../domain/template-fault.ts";
import { emailSteps } from "./email-fields.ts";
import type { FieldMaker, Step } from "./field-maker.ts";
import { inAppSteps } from "./in-app-fields.ts";
import { type Laid, lay } from "./locales.ts";
import { mediaSteps } from "./media-fields.ts";
import { pushSteps } from "./push-fields.ts";
import { storedSteps } from "./stored-fields.ts";
import { step } from "./text-steps.ts";

type Fields<Name extends Channel> = NonNullable<TemplateBody[Name]>;

/** The steps that make a channel's message. Throws a TemplateFault where a source is broken, or the channel has none. */
export function stepsOf(template: TemplateBody, channel: Channel, make: FieldMaker): Step[] {
  const laid = <Name extends Channel>(name: Name, base: Fields<Name>): Laid<Fields<Name>> =>
    lay(base, name, make.chain, (locale) => template.locales?.[locale]?.[name]);
  switch (channel) {
    case "email":
      if (template.email === undefined) break;
      return emailSteps(laid("email", template.email), make);
    case "in_app":
      if (template.in_app === undefined) break;
      return inAppSteps(laid("in_app", template.in_app), make);
    case "push":
      if (template.push === undefined) break;
      return pushSteps(laid("push", template.push), make);
    case "webhook":
      if (template.webhook === undefined) break;
      return webhookSteps(laid("webhook", template.webhook), make);
    case "sms": {
      if (template.sms === undefined) break;
      const { fields, pathOf } = laid("sms", template.sms);
      const text = step("text", "text", fields.text, pathOf, make);
      return [...text, ...mediaSteps(fields.mediaUrls, pathOf("mediaUrls"), make)];
    }
    case "chat":
      if (template.chat === undefined) break;
      return chatSteps(laid("chat", template.chat), make);
    case "voice": {
      if (template.voice === undefined) break;
      const { fields, pathOf } = laid("voice", template.voice);
      return step("text", "text", fields.text, pathOf, make);
    }
  }
  throw new TemplateFault(channel, undefined, "the template has nothing for this channel");
}

function chatSteps({ fields, pathOf }: Laid<Fields<"chat">>, make: FieldMaker): Step[] {
  return [
    ...step("text", "text", fields.text, pathOf, make),
    ...ownFieldsSteps(fields.body, pathOf("body"), make),
    ...mediaSteps(fields.mediaUrls, pathOf("mediaUrls"), make),
    ...storedSteps(fields.stored),
  ];
}

/** The vendor's own fields: only an object can be laid over those of a request. */
function ownFieldsSteps(source: string | undefined, field: string, make: FieldMaker): Step[] {
  if (source === undefined) return [];
  const render = make.field({ field }, "json", source);
  return [
    (facts, content) => {
      const body = render(facts);
      if (!body.trimStart().startsWith("{")) throw new TemplateFault(field, undefined, "does not make a JSON object");
      content.body = body;
    },
  ];
}

function webhookSteps({ fields, pathOf }: Laid<Fields<"webhook">>, make: FieldMaker): Step[] {
  if (fields.body !== undefined) return step("body", "json", fields.body, pathOf, make);
  return [
    ({ data }, content) => {
      content.body = JSON.stringify(data);
    },
  ];
}
