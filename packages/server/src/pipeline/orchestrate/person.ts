import { sealContext } from "../../domain/event-payload.ts";
import { type Choices, parseChoices } from "../../domain/policy/choices.ts";
import type { RecipientProfile, RecipientSecrets } from "../../domain/recipient.ts";
import { parseProfile, parseSecrets } from "../../domain/recipient-view.ts";
import type { RecipientRecord } from "../../ports/store/orchestrate.ts";
import type { OrchestrateKeyring } from "./ports.ts";

/** A recipient, opened. */
export interface Person {
  id: string;
  wrappedKey: string;
  /** From when the data is, ms. */
  updatedAt: number;
  profile: RecipientProfile;
  secrets: RecipientSecrets;
  /** What they chose and agreed to. */
  choices: Choices;
  /** What steps and templates read; sealed attributes beside the plain ones. */
  facts: {
    id: string;
    locale: string | undefined;
    timeZone: string | undefined;
    country: string | undefined;
    attributes: Record<string, unknown>;
  };
}

export function openPerson(record: RecipientRecord, keyring: Pick<OrchestrateKeyring, "unsealForRecipient">): Person {
  const profile = parseProfile(record.profile);
  const secrets = parseSecrets(keyring.unsealForRecipient(record.wrappedKey, sealContext.recipient, record.sealed));
  const { locale, timeZone, country, attributes } = profile;
  return {
    id: record.id,
    wrappedKey: record.wrappedKey,
    updatedAt: record.updatedAt,
    profile,
    secrets,
    choices: parseChoices(record.choices),
    facts: { id: record.id, locale, timeZone, country, attributes: { ...attributes, ...secrets.personal } },
  };
}
