import type { InlineRecipient } from "@tidings/contract/recipients";
import { bodyOf, mergeBody } from "../../domain/recipient-view.ts";
import { recipientWrite } from "../../domain/recipient-write.ts";
import type { RecipientRecord, RecipientWrite } from "../../ports/store/orchestrate.ts";
import type { HookedInSight } from "./hooked-in-sight.ts";
import { openPerson, type Person } from "./person.ts";
import type { PersonCache } from "./person-cache.ts";
import type { OrchestrateKeyring } from "./ports.ts";

/** The recipients that a plan can see. */
export interface PeopleInSight {
  /** Undefined for one who is not known. */
  find(environmentId: number, id: string): Person | undefined;
  /** Lays an inline recipient over what is known. Undefined where what is known is newer. */
  upsert(environmentId: number, inline: InlineRecipient, receivedAt: number): RecipientWrite | undefined;
}

/**
 * The recipients of one batch as its turns see them: what the store has, and over it what the batch's own events bring,
 * so that ten events with the same new recipient make one.
 */
export class People implements PeopleInSight {
  readonly #records = new Map<string, RecipientRecord>();
  readonly #opened = new Map<string, Person>();
  /** What the plan under way has laid over, to be put back where it fails. */
  readonly #before = new Map<string, { record: RecipientRecord | undefined; laid: boolean }>();
  readonly #laid = new Set<string>();
  readonly #keyring: OrchestrateKeyring;
  readonly #cache: PersonCache;
  readonly #hooked: HookedInSight | undefined;

  constructor(
    records: readonly RecipientRecord[],
    keyring: OrchestrateKeyring,
    cache: PersonCache,
    hooked?: HookedInSight,
  ) {
    this.#hooked = hooked;
    this.#keyring = keyring;
    this.#cache = cache;
    for (const record of records) this.#records.set(keyOf(record.environmentId, record.id), record);
  }

  find(environmentId: number, id: string): Person | undefined {
    const key = keyOf(environmentId, id);
    const known = this.#opened.get(key);
    if (known !== undefined) return known;
    const record = this.#records.get(key);
    if (record === undefined) return undefined;
    // What is only laid over is not committed, and its version may yet become another's: it never goes into the cache.
    const person = this.#laid.has(key) ? openPerson(record, this.#keyring) : this.#cache.open(record, this.#keyring);
    this.#opened.set(key, person);
    return person;
  }

  /** Another event's plan begins: what was laid over so far stays. */
  keep(): void {
    this.#before.clear();
  }

  /** The plan failed, so nothing of it is committed: later ones must not see its recipients. */
  undo(): void {
    for (const [key, { record, laid }] of this.#before) {
      this.#opened.delete(key);
      if (!laid) this.#laid.delete(key);
      if (record === undefined) this.#records.delete(key);
      else this.#records.set(key, record);
    }
    this.#before.clear();
  }

  upsert(environmentId: number, inline: InlineRecipient, receivedAt: number): RecipientWrite | undefined {
    const key = keyOf(environmentId, inline.id);
    const { id, updatedAt: stated, ...given } = inline;
    const updatedAt = stated === undefined ? receivedAt : Math.min(Date.parse(stated), receivedAt);
    const record = this.#records.get(key);
    if (record !== undefined && record.updatedAt > updatedAt) return undefined;
    const stored = record === undefined ? undefined : this.find(environmentId, id);
    const body = stored === undefined ? given : mergeBody(bodyOf(stored.profile, stored.secrets), given);
    const existingWrappedKey = record?.wrappedKey;
    const write: RecipientWrite = recipientWrite({
      environmentId,
      id,
      body,
      updatedAt,
      createdAt: receivedAt,
      existingWrappedKey,
      sealer: this.#keyring,
    });
    if (this.#hooked?.has(environmentId) === true) {
      const before = stored && record && { body: bodyOf(stored.profile, stored.secrets), version: record.version };
      write.told = this.#hooked.told({
        environmentId,
        recipient: id,
        wrappedKey: write.wrappedKey,
        before,
        after: body,
      });
    }
    if (!this.#before.has(key)) this.#before.set(key, { record, laid: this.#laid.has(key) });
    this.#laid.add(key);
    this.#records.set(key, {
      ...write,
      version: (record?.version ?? 0) + 1,
      choices: record?.choices ?? null,
    });
    this.#opened.delete(key);
    return write;
  }
}

function keyOf(environmentId: number, id: string): string {
  return `${environmentId}:${id}`;
}
