import { z } from "zod";
import { idSchema, keySchema, line, timeSchema } from "./text.ts";

export const apiKeyBodySchema = z.strictObject({
  name: line(200),
  /** That of the calling key where left out; a key makes no keys for another environment. */
  environment: keySchema.optional(),
});
export const apiKeySchema = z.object({
  id: idSchema,
  name: z.string(),
  environment: z.string(),
  prefix: z.string(),
  createdAt: timeSchema,
  revokedAt: timeSchema.optional(),
});
export type ApiKeyView = z.infer<typeof apiKeySchema>;

/** The answer to `POST /v1/api-keys`: the only time that the key itself is shown. */
export const newApiKeySchema = apiKeySchema.extend({ key: z.string() });
export type NewApiKey = z.infer<typeof newApiKeySchema>;
