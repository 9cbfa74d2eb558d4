import type { RecipientBody } from "@tidings/contract/recipients";
import type { Channel } from "@tidings/contract/words";

/** What conditions and templates read in clear; a recipient row's `profile` as JSON. */
export interface RecipientProfile {
  locale?: string | undefined;
  timeZone?: string | undefined;
  tenant?: string | undefined;
  /** ISO 3166-1 alpha-2. */
  country?: string | undefined;
  attributes: Record<string, unknown>;
}

/** What is sealed with the recipient's own key; a recipient row's `sealed` as JSON. */
export interface RecipientSecrets {
  /** In the order given: the first is the main one. `hash` is the id of the address. */
  addresses: { channel: Channel; hash: string; value: string }[];
  personal: Record<string, unknown>;
}

const addressFields = [
  ["email", "email"],
  ["phone", "sms"],
  ["push", "push"],
  ["webhook", "webhook"],
  ["chat", "chat"],
] as const satisfies readonly (readonly [keyof RecipientBody, Channel])[];

/** Addresses of a body, per channel; a phone number serves voice too. In-app needs no address but the recipient. */
export function addressesOf(recipientId: string, body: RecipientBody): { channel: Channel; value: string }[] {
  const addresses: { channel: Channel; value: string }[] = [];
  for (const [field, channel] of addressFields) {
    const given = body[field];
    const values = given === undefined ? [] : Array.isArray(given) ? given : [given];
    for (const value of values) {
      addresses.push({ channel, value });
      if (field === "phone") addresses.push({ channel: "voice", value });
    }
  }
  addresses.push({ channel: "in_app", value: recipientId });
  return addresses;
}

/** The form in which an address is hashed: equal addresses give equal text. */
export function normaliseAddress(channel: Channel, value: string): string {
  if (channel === "email") {
    const at = value.lastIndexOf("@");
    // Only the domain is without case by RFC 5321 §2.4, but no mailbox provider tells local parts apart by case.
    return `${value.slice(0, at).toLowerCase()}@${value.slice(at + 1).toLowerCase()}`.normalize("NFC");
  }
  return value;
}
