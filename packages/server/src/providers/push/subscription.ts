import { z } from "zod";
import { plainUrl } from "../../lib/outbound-address.ts";
import type { PushKeys } from "../../lib/push-encryption.ts";
import { parsedJson } from "../vendor-outcome.ts";

export interface Subscription {
  /** Where the push service takes messages for it. */
  endpoint: URL;
  keys: PushKeys;
}

const bytes = (text: string): Buffer => Buffer.from(text, "base64url");

/** `PushSubscription.toJSON()` (W3C Push API §8); its keys are in base64url, of which some libraries make base64. */
const schema = z.object({
  endpoint: z.string().max(2048),
  keys: z.object({
    p256dh: z
      .string()
      .max(200)
      .transform(bytes)
      .refine((key) => key.length === 65 && key[0] === 4),
    auth: z
      .string()
      .max(100)
      .transform(bytes)
      .refine((secret) => secret.length === 16),
  }),
});

/** Undefined for what is no subscription. */
export function readSubscription(to: string): Subscription | undefined {
  const { data } = schema.safeParse(parsedJson(Buffer.from(to)));
  const endpoint = data === undefined ? undefined : plainUrl(data.endpoint);
  if (data === undefined || endpoint === undefined) return undefined;
  return { endpoint, keys: { publicKey: data.keys.p256dh, secret: data.keys.auth } };
}
