import type { ApiKeyring } from "../api-keyring.ts";

/** Tells hashes of one environment from those of all others, here and elsewhere; of the key itself it tells nothing. */
export function hashKeyOf(keyring: Pick<ApiKeyring, "hash">, environmentId: number): string {
  return keyring.hash(environmentId, "name of the address key").slice(0, 12);
}
