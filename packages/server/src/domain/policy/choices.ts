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
  /** Granted by somebody who has shown that the address is theirs. */
  confirmed: z.boolean().optional(),
  /** A double opt-in that was begun behind what is said here, and is not confirmed yet. */
  requestedAt: z.number().optional(),
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
  const known = stands.find((one) => one.purpose === entry.purpose && one.channel === entry.channel);
  if (known === undefined) return [...stands, entry];
  const next = entry.action === "requested" ? afterRequest(known, entry) : afterWord(known, entry);
  return next === known ? stands : [...stands.filter((one) => one !== known), next];
}

/** A request grants nothing and takes nothing back: it stands beside what was said before. */
function afterRequest(known: ConsentStand, entry: ConsentStand): ConsentStand {
  if (known.at > entry.at || known.confirmed === true) return known;
  return known.action === "requested" ? entry : { ...known, requestedAt: entry.at };
}

function afterWord(known: ConsentStand, entry: ConsentStand): ConsentStand {
  if (known.action === "requested") {
    const isOpen = known.at > entry.at && entry.confirmed !== true;
    return isOpen ? { ...entry, requestedAt: known.at } : entry;
  }
  if (isLater(known, entry)) return known;
  if (entry.action === "withdrawn" || known.action === "withdrawn" || entry.confirmed === true) return entry;
  // Granted again: what was confirmed stays so, and what waits for that waits on.
  return { ...known, at: entry.at };
}

/** A double opt-in was begun, and waits for its link to be followed. */
export function isPending({ action, requestedAt }: ConsentStand): boolean {
  return action === "requested" || requestedAt !== undefined;
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
