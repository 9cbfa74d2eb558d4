import { commonTexts } from "./texts/common.ts";
import { configurationTexts } from "./texts/configuration.ts";
import { eventsTexts } from "./texts/events.ts";
import { messagesTexts } from "./texts/messages.ts";
import { operationTexts } from "./texts/operation.ts";
import { recipientsTexts } from "./texts/recipients.ts";

/**
 * What each field of the API is, as openapi.json and the reference say it. A name is that of the schema and the path in
 * it; `*` stands for every schema. Of a union's parts each is named by its `type`: `Step.delay.seconds`. A parameter is
 * named by its operation, or by its route's tag.
 */
export const fieldTexts: Readonly<Record<string, string>> = {
  ...commonTexts,
  ...eventsTexts,
  ...messagesTexts,
  ...recipientsTexts,
  ...configurationTexts,
  ...operationTexts,
};

/** Schemas that take the texts of another where they have none of their own. */
const like: Readonly<Record<string, string>> = {
  BatchEvent: "EventBody",
  InlineRecipient: "RecipientBody",
  Recipient: "RecipientBody",
  CreateApiKeyAnswer: "ApiKey",
};

/** The text of a field: of its place, else of that in the schema that this one is like, else of its name. */
export function fieldText(schema: string, path: string): string | undefined {
  const last = path.slice(path.lastIndexOf(".") + 1);
  const own = fieldTexts[`${schema}.${path}`] ?? fieldTexts[`${like[schema] ?? ""}.${path}`];
  return own ?? fieldTexts[`${schema}.${last}`] ?? fieldTexts[`*.${last}`];
}
