import type { RecipientSealer } from "../domain/recipient-write.ts";

/** What the API asks of the keyring. */
export interface ApiKeyring extends RecipientSealer {
  sealForEnvironment(environmentId: number, context: string, text: string): string;
  unsealForEnvironment(environmentId: number, context: string, sealed: string): string;
  unsealForRecipient(wrappedKey: string, context: string, sealed: string): string;
  /** HMAC-SHA256 with a key of the environment for this purpose. */
  sign(environmentId: number, purpose: string, text: string): Buffer;
}
