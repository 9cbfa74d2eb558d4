import type { RecipientBody } from "@tidings/contract/recipients";
import type { Channel } from "@tidings/contract/words";
import { sealContext } from "./event-payload.ts";
import { addressesOf, normaliseAddress, type RecipientProfile, type RecipientSecrets } from "./recipient.ts";

/** What sealing a recipient needs of a keyring. */
export interface RecipientSealer {
  newWrappedKey(): string;
  sealForRecipient(wrappedKey: string, context: string, text: string): string;
  hash(environmentId: number, ...parts: string[]): string;
}

export interface RecipientInput {
  environmentId: number;
  id: string;
  body: RecipientBody;
  /** From when the data is, ms: older data never overwrites it. */
  updatedAt: number;
  /** Of the row, where it is new, ms. */
  createdAt: number;
  /** The data key of the row that is stored; a new one is made where there is none. */
  existingWrappedKey: string | undefined;
  sealer: RecipientSealer;
}

/** A recipient as the store takes it: no address in clear, only sealed or as a keyed hash. */
export interface SealedRecipient {
  environmentId: number;
  id: string;
  wrappedKey: string;
  profile: string;
  sealed: string;
  updatedAt: number;
  createdAt: number;
  addresses: { channel: Channel; hash: string }[];
}

/** Splits a recipient into what is read in clear, what is sealed with their own key, and the hashes of their addresses. */
export function recipientWrite(input: RecipientInput): SealedRecipient {
  const { environmentId, id, body, sealer } = input;
  const wrappedKey = input.existingWrappedKey ?? sealer.newWrappedKey();
  const addresses = hashedAddresses(input);
  const profile: RecipientProfile = {
    locale: body.locale,
    timeZone: body.timeZone,
    tenant: body.tenant,
    country: body.country,
    attributes: body.attributes ?? {},
  };
  const secrets: RecipientSecrets = { addresses, personal: body.personal ?? {} };
  return {
    environmentId,
    id,
    wrappedKey,
    profile: JSON.stringify(profile),
    sealed: sealer.sealForRecipient(wrappedKey, sealContext.recipient, JSON.stringify(secrets)),
    updatedAt: input.updatedAt,
    createdAt: input.createdAt,
    addresses: addresses.map(({ channel, hash }) => ({ channel, hash })),
  };
}

/** The same address given twice, perhaps in another case, is one address: two would be two messages. */
function hashedAddresses({ environmentId, id, body, sealer }: RecipientInput): RecipientSecrets["addresses"] {
  const seen = new Set<string>();
  const addresses: RecipientSecrets["addresses"] = [];
  for (const { channel, value } of addressesOf(id, body)) {
    const hash = sealer.hash(environmentId, channel, normaliseAddress(channel, value));
    if (seen.has(`${channel}:${hash}`)) continue;
    seen.add(`${channel}:${hash}`);
    addresses.push({ channel, hash, value });
  }
  return addresses;
}
