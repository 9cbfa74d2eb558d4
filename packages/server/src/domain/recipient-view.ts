import type { RecipientBody } from "@tidings/contract/recipients";
import { channelSchema } from "@tidings/contract/words";
import { z } from "zod";
import type { RecipientProfile, RecipientSecrets } from "./recipient.ts";

const profileSchema = z.object({
  locale: z.string().optional(),
  timeZone: z.string().optional(),
  tenant: z.string().optional(),
  country: z.string().optional(),
  attributes: z.record(z.string(), z.unknown()),
});
const secretsSchema = z.object({
  addresses: z.array(z.object({ channel: channelSchema, hash: z.string(), value: z.string() })),
  personal: z.record(z.string(), z.unknown()),
});

export function parseProfile(json: string): RecipientProfile {
  return profileSchema.parse(JSON.parse(json));
}

export function parseSecrets(json: string): RecipientSecrets {
  return secretsSchema.parse(JSON.parse(json));
}

/** A stored recipient in the form of the API, so that an inline recipient can be laid over it. */
export function bodyOf(profile: RecipientProfile, secrets: RecipientSecrets): RecipientBody {
  const values = (channel: string) => {
    const found = secrets.addresses.filter((address) => address.channel === channel).map((address) => address.value);
    return found.length > 0 ? found : undefined;
  };
  return {
    email: values("email"),
    phone: values("sms"),
    push: values("push"),
    webhook: values("webhook"),
    chat: values("chat"),
    locale: profile.locale,
    timeZone: profile.timeZone,
    tenant: profile.tenant,
    country: profile.country,
    attributes: jsonObject(profile.attributes),
    personal: jsonObject(secrets.personal),
  };
}

/** `update` over `stored`: fields that are given replace, attributes are merged by name. */
export function mergeBody(stored: RecipientBody, update: RecipientBody): RecipientBody {
  const merged: RecipientBody = { ...stored };
  for (const [key, value] of Object.entries(update)) if (value !== undefined) Object.assign(merged, { [key]: value });
  merged.attributes = { ...stored.attributes, ...update.attributes };
  merged.personal = { ...stored.personal, ...update.personal };
  return merged;
}

const jsonObjectSchema = z.record(z.string(), z.json());

function jsonObject(value: Record<string, unknown>): NonNullable<RecipientBody["attributes"]> {
  return jsonObjectSchema.parse(value);
}
