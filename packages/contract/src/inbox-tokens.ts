import { z } from "zod";
import { timeSchema } from "./text.ts";

export const inboxScopes = ["inbox:read", "inbox:write"] as const;
export const inboxScopeSchema = z.enum(inboxScopes);
export type InboxScope = z.infer<typeof inboxScopeSchema>;

/** Body of `POST /v1/recipients/{id}/tokens`. */
export const inboxTokenBodySchema = z.strictObject({
  /** At most a day; an hour where left out. */
  ttlSeconds: z.int().min(10).max(86_400).optional(),
  /** Both where left out. */
  scopes: z.array(inboxScopeSchema).min(1).max(2).optional(),
});
export const inboxTokenSchema = z.object({ token: z.string(), expiresAt: timeSchema });
export type InboxTokenView = z.infer<typeof inboxTokenSchema>;
