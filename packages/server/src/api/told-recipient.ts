import type { ChangeSource } from "@tidings/contract/recipient-webhooks";
import type { RecipientBody } from "@tidings/contract/recipients";
import { sealContext } from "../domain/event-payload.ts";
import { toldRecipient } from "../domain/recipient-changes.ts";
import { bodyOf, parseProfile, parseSecrets } from "../domain/recipient-view.ts";
import { recipientWrite } from "../domain/recipient-write.ts";
import type { RecipientWrite } from "../ports/store/orchestrate.ts";
import type { RecipientRow } from "../ports/store/recipients.ts";
import type { ApiDependencies } from "./dependencies.ts";

interface Given {
  environmentId: number;
  id: string;
  body: RecipientBody;
  source: ChangeSource;
}

/** A recipient as the store takes it now, over `stored`, with what endpoints are told of that. */
export function toldWrite(
  { ids, clock, keyring }: Pick<ApiDependencies, "ids" | "clock" | "keyring">,
  { environmentId, id, body, source }: Given,
  stored: RecipientRow | undefined,
): RecipientWrite {
  const now = clock.now();
  const at = { updatedAt: now, createdAt: now, existingWrappedKey: stored?.wrappedKey };
  const write = recipientWrite({ environmentId, id, body, ...at, sealer: keyring });
  const { wrappedKey } = write;
  const before = stored && { body: storedBody(stored, keyring), version: stored.version };
  const change = { id: ids.next(), environmentId, recipient: id, at: now, source, wrappedKey, before, after: body };
  return { ...write, told: toldRecipient(change, keyring) };
}

function storedBody({ wrappedKey, profile, sealed }: RecipientRow, keyring: ApiDependencies["keyring"]): RecipientBody {
  const opened = keyring.unsealForRecipient(wrappedKey, sealContext.recipient, sealed);
  return bodyOf(parseProfile(profile), parseSecrets(opened));
}
