import { consentActionSchema } from "@tidings/contract/consents";
import { type PreferencesBody, preferencesBodySchema } from "@tidings/contract/preferences";
import { type Channel, channelSchema } from "@tidings/contract/words";
import { z } from "zod";

/** The latest that somebody said about a purpose on a channel. */
const consentStandSchema = z.object({
  /** Key of a category, a class, or `everything`. */
  purpose: z.string(),
  /** Null for all channels. */
  channel: channelSchema.nullable(),
  action: consentActionSchema,
  at: z.number(),
});
export type ConsentStand = z.infer<typeof consentStandSchema>;

/** A recipient row's `choices` as JSON: what they chose, and what they agreed to. */
const choicesSchema = z.object({
  preferences: preferencesBodySchema.optional(),
  consents: z.array(consentStandSchema).optional(),
});

export interface Choices {
  preferences: PreferencesBody;
  consents: readonly ConsentStand[];
}

/** Of somebody who has said nothing. */
export const noChoices: Choices = { preferences: {}, consents: [] };

/** Null for somebody who has said nothing. */
export function parseChoices(json: string | null): Choices {
  if (json === null) return noChoices;
  const { preferences = {}, consents = [] } = choicesSchema.parse(JSON.parse(json));
  return { preferences, consents };
}

export function writtenChoices({ preferences, consents }: Choices): string {
  return JSON.stringify({ preferences, consents });
}

/** The stands with another entry of the ledger: what is older than what is known changes nothing. */
export function withConsent(stands: readonly ConsentStand[], entry: ConsentStand): readonly ConsentStand[] {
  const isSame = (one: ConsentStand) => one.purpose === entry.purpose && one.channel === entry.channel;
  const known = stands.find(isSame);
  if (known !== undefined && isLater(known, entry)) return stands;
  // A request for a double opt-in takes nothing back that was granted.
  if (known !== undefined && entry.action === "requested" && known.action === "granted") return stands;
  return [...stands.filter((one) => !isSame(one)), entry];
}

/** Of two of one moment the no is the later one. */
export function isLater(one: ConsentStand, other: ConsentStand): boolean {
  if (one.at !== other.at) return one.at > other.at;
  return one.action === "withdrawn" && other.action !== "withdrawn";
}

/** What is to go out, as far as choices and consents ask. */
export interface Subject {
  channel: Channel;
  category: string;
  /** Empty for a direct message. */
  workflow: string;
  /** Empty for none. */
  tenant: string;
}
