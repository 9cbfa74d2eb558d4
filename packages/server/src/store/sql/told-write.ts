import type { ToldWrite } from "../../ports/store/orchestrate.ts";
import type { RecipientWebhook } from "../../ports/store/recipient-webhooks.ts";
import type { ToldErasure } from "../../ports/store/recipients.ts";
import { profileTenant } from "./profile-tenant.ts";

/** Whether a write that left the recipient's row at `version` has changed something that endpoints are told of. */
export function isNews({ unchangedFrom }: ToldWrite, version: number): boolean {
  return unchangedFrom === null || unchangedFrom !== version - 1;
}

/** What endpoints are told of a recipient who was erased. */
export function erasureOf(
  { id, at }: ToldErasure,
  environmentId: number,
  recipient: string,
  profile: string,
): RecipientWebhook {
  return { id, environmentId, recipient, tenant: profileTenant(profile), type: "recipient.updated", at, payload: null };
}
