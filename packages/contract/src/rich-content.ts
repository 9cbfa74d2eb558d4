import { z } from "zod";
import { jsonObject } from "./data.ts";
import { limits } from "./limits.ts";
import { bodyText, keySchema, line } from "./text.ts";

/** Whether a text is the whole http or https URL of something that a device or a vendor may load, without user name and password. */
export function isWebUrl(text: string): boolean {
  if (!/^https?:\/\/[^\s\\]+$/i.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username + password === "";
}

export const webUrlSchema = line(2048).refine(isWebUrl, {
  error: "must be an http or https URL without user name and password",
});

/** Pictures and files that go with an SMS or a chat message. */
export const mediaUrlsSchema = z.array(webUrlSchema).min(1).max(limits.mediaUrlsPerMessage);

/** What a push message has beside its title and its text. */
export const pushSchema = z.strictObject({
  /** Where a tap leads. */
  url: webUrlSchema.optional(),
  imageUrl: webUrlSchema.optional(),
  /** For the application's own code. */
  data: z
    .record(line(100), bodyText(10_000))
    .refine((data) => Object.keys(data).length <= 50, { error: "must have at most 50 names" })
    .optional(),
  badge: z.int().min(0).max(limits.pushBadge).optional(),
  sound: line(200).optional(),
  collapseKey: line(200).optional(),
});
export type Push = z.infer<typeof pushSchema>;

/** The vendor's own id of a template that lies there, by the name of the provider. */
export const storedIdsSchema = z.record(keySchema, line(200)).superRefine((ids, context) => {
  const { length } = Object.keys(ids);
  if (length < 1 || length > limits.storedTemplates)
    context.addIssue({ code: "custom", message: `must name 1 to ${limits.storedTemplates} providers` });
});

/** Templates that lie at vendors, and what they are filled with there. */
export const storedSchema = z.strictObject({ ids: storedIdsSchema, data: jsonObject(200).optional() });
