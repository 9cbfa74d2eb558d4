import { z } from "zod";
import { limits } from "./limits.ts";
import { storedIdsSchema } from "./rich-content.ts";
import { bodyText, keySchema, line } from "./text.ts";

/** Source of a field of many lines, and of a field that becomes one line. */
export const templateText = bodyText(500_000);
export const templateLine = line(998);
const templateUrl = line(2048);

/** A button of an in-app message; `key` names what was chosen. */
const templateActionSchema = z.strictObject({
  key: keySchema,
  label: line(200),
  url: templateUrl.optional(),
});

/** Values for the application's own code, by name. */
const data = z.record(line(100), templateText).refine((values) => Object.keys(values).length <= 50, {
  error: "has at most 50 names",
});
const titledFields = { title: templateLine, text: templateText };
const linkFields = { url: templateUrl, imageUrl: templateUrl };
const mediaUrls = z.array(templateUrl).min(1).max(limits.mediaUrlsPerMessage);

/** What the messages of each channel are made of. */
export const channelFields = {
  email: {
    subject: templateLine,
    text: templateText,
    html: templateText,
    preheader: templateLine,
    stored: storedIdsSchema,
  },
  sms: { text: templateText, mediaUrls },
  push: {
    ...titledFields,
    ...linkFields,
    data,
    /** Becomes a whole number. */
    badge: templateLine,
    sound: templateLine,
    collapseKey: templateLine,
  },
  in_app: { ...titledFields, ...linkFields, actions: z.array(templateActionSchema).max(3), data },
  /** `body` is the template of a JSON object, of the vendor's own fields. */
  chat: { text: templateText, body: templateText, mediaUrls, stored: storedIdsSchema },
  voice: { text: templateText },
  webhook: { body: templateText },
};
