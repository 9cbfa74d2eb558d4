import type { InlineRecipient } from "@tidings/contract/recipients";
import { sealContext } from "../../domain/event-payload.ts";
import type { RecipientProfile, RecipientSecrets } from "../../domain/recipient.ts";
import { bodyOf, mergeBody, parseProfile, parseSecrets } from "../../domain/recipient-view.ts";
import { recipientWrite } from "../../domain/recipient-write.ts";
import type { RecipientRecord, RecipientWrite } from "../../ports/store/orchestrate.ts";
import type { OrchestrateKeyring } from "./ports.ts";

/** A recipient, opened. */
export interface Person {
  id: string;
  wrappedKey: string;
  profile: RecipientProfile;
  secrets: RecipientSecrets;
}

/**
 * The recipients of one batch as its turns see them: what the store has, and over it what the batch's own events bring,
 * so that ten events with the same new recipient make one.
 */
export class People {
  readonly #records = new Map<string, RecipientRecord>();
  readonly #opened = new Map<string, Person>();
  readonly #keyring: OrchestrateKeyring;

  constructor(records: readonly RecipientRecord[], keyring: OrchestrateKeyring) {
    this.#keyring = keyring;
    for (const record of records) this.#records.set(keyOf(record.environmentId, record.id), record);
  }

  find(environmentId: number, id: string): Person | undefined {
    const key = keyOf(environmentId, id);
    const known = this.#opened.get(key);
    if (known !== undefined) return known;
    const record = this.#records.get(key);
    if (record === undefined) return undefined;
    const person = openPerson(record, this.#keyring);
    this.#opened.set(key, person);
    return person;
  }

  /** Lays an inline recipient over what is known. Undefined where what is known is newer. */
  upsert(environmentId: number, inline: InlineRecipient, receivedAt: number): RecipientWrite | undefined {
    const key = keyOf(environmentId, inline.id);
    const { id, updatedAt: stated, ...given } = inline;
    const updatedAt = stated === undefined ? receivedAt : Math.min(Date.parse(stated), receivedAt);
    const record = this.#records.get(key);
    if (record !== undefined && record.updatedAt > updatedAt) return undefined;
    const stored = record === undefined ? undefined : this.find(environmentId, id);
    const body = stored === undefined ? given : mergeBody(bodyOf(stored.profile, stored.secrets), given);
    const write = recipientWrite({
      environmentId,
      id,
      body,
      updatedAt,
      createdAt: receivedAt,
      existingWrappedKey: record?.wrappedKey,
      sealer: this.#keyring,
    });
    this.#records.set(key, { ...write, version: (record?.version ?? 0) + 1 });
    this.#opened.delete(key);
    return write;
  }
}

export function openPerson(record: RecipientRecord, keyring: Pick<OrchestrateKeyring, "unsealForRecipient">): Person {
  return {
    id: record.id,
    wrappedKey: record.wrappedKey,
    profile: parseProfile(record.profile),
    secrets: parseSecrets(keyring.unsealForRecipient(record.wrappedKey, sealContext.recipient, record.sealed)),
  };
}

/** What steps and templates read of a person; sealed attributes beside the plain ones. */
export function factsOf(person: Person) {
  const { locale, timeZone, attributes } = person.profile;
  return { id: person.id, locale, timeZone, attributes: { ...attributes, ...person.secrets.personal } };
}

function keyOf(environmentId: number, id: string): string {
  return `${environmentId}:${id}`;
}
