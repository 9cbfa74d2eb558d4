import { type ConfigurationApplied, type ConfigurationCheck, hasSecrets } from "@tidings/contract/configuration";
import { keySchema } from "@tidings/contract/text";
import { TidingsError } from "../errors.ts";
import type { Broadcast } from "../ports/broadcast.ts";
import type { Clock } from "../ports/clock.ts";
import type { ConfigurationStore, DocumentChange, DocumentSet, DocumentWrite } from "../ports/store/configuration.ts";
import type { ApiKeyring } from "./api-keyring.ts";
import type { ConfigurationRules } from "./configuration-rules.ts";
import { expectation, type OneDocument, type WrittenDocument } from "./one-document.ts";
import type { PartUsers } from "./part-users.ts";
import { type GivenSet, openSecrets, prepareSet, sidesOf } from "./prepared-set.ts";
import { faultInSet, withoutLine } from "./set-faults.ts";
import { valid } from "./validation.ts";

export interface ConfigurationWriterOptions {
  store: Pick<ConfigurationStore, "getConfiguration" | "listConfiguration" | "writeDocuments">;
  rules: ConfigurationRules;
  partUsers: Pick<PartUsers, "check">;
  keyring: Pick<ApiKeyring, "sealForEnvironment" | "unsealForEnvironment">;
  broadcast: Pick<Broadcast, "publish">;
  clock: Clock;
}

/**
 * Writes configuration: shape, rules, secrets apart and sealed, then one commit and a hint. Writes of this process
 * follow each other, so that what a rule saw is still so when the write comes.
 */
export class ConfigurationWriter {
  readonly #options: ConfigurationWriterOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: ConfigurationWriterOptions) {
    this.#options = options;
  }

  /** Throws `validation_failed`, `version_conflict`. Gives the newest version: a new one where something differs. */
  put(one: OneDocument, body: unknown): Promise<WrittenDocument> {
    return this.#exclusively(async () => {
      valid(keySchema, one.key, "key");
      const { write, unchecked } = await this.#prepareOne(one, body);
      return this.#writeOne(one, write, unchecked);
    });
  }

  /** Throws `not_found`, `version_conflict`, and `in_use` where another document refers to it. */
  delete(one: OneDocument): Promise<void> {
    return this.#exclusively(async () => {
      const { environmentId, kind, key } = one;
      const user = await this.#options.rules.userOf(environmentId, kind, key);
      if (user !== undefined) throw new TidingsError("in_use", { detail: `The ${user.kind} ${user.key} refers to it` });
      const deletes = [{ kind, key }];
      const changes = await this.#write({ environmentId, writes: [], deletes, expected: expectation(one) });
      if (changes.length === 0) throw new TidingsError("not_found");
    });
  }

  /**
   * Publishes an earlier version again: its document and secrets, exactly as they are stored. Throws `not_found`,
   * `version_conflict`, and `validation_failed` where it does not go with what is current beside it.
   */
  rollback(one: OneDocument, version: number): Promise<WrittenDocument> {
    return this.#exclusively(async () => {
      const { environmentId, kind, key } = one;
      const { store, keyring } = this.#options;
      const row = await store.getConfiguration({ environmentId, kind, key, version });
      if (row === undefined || row.deleted) throw new TidingsError("not_found");
      const { document, secrets, secretNames } = row;
      const body: object = JSON.parse(document);
      const opened = openSecrets(keyring, environmentId, secrets);
      const { unchecked } = await this.#prepareOne(one, hasSecrets(kind) ? { ...body, secrets: opened } : body);
      const write = { kind, key, document, secrets, secretNames, origin: `version ${version}` };
      return this.#writeOne(one, write, unchecked);
    });
  }

  /** What applying would do, or all that is wrong with it. Throws `version_conflict`. */
  check(environmentId: number, set: GivenSet): Promise<ConfigurationCheck> {
    return this.#exclusively(async () => {
      const { writes, faults, unchecked } = await prepareSet(this.#options, environmentId, set);
      if (faults.length > 0) return { faults: faults.map(withoutLine), documents: [] };
      const documents = await this.#write({ environmentId, writes, ...sidesOf(set), dryRun: true });
      return { faults, documents, ...tellUnchecked(unchecked) };
    });
  }

  /** All or nothing, in one commit. Throws `validation_failed` and `version_conflict`. */
  apply(environmentId: number, set: GivenSet): Promise<ConfigurationApplied> {
    return this.#exclusively(async () => {
      const { writes, faults, unchecked } = await prepareSet(this.#options, environmentId, set);
      if (faults.length > 0) throw new TidingsError("validation_failed", { faults: faults.map(faultInSet(set)) });
      return { documents: await this.#write({ environmentId, writes, ...sidesOf(set) }), ...tellUnchecked(unchecked) };
    });
  }

  async #prepareOne({ environmentId, kind, key }: OneDocument, document: unknown) {
    const set = { documents: [{ kind, key, document }] };
    const { writes, faults, unchecked } = await prepareSet(this.#options, environmentId, set);
    const [write] = writes;
    if (faults.length === 0 && write !== undefined) return { write, unchecked };
    throw new TidingsError("validation_failed", {
      faults: faults.map(({ kind: _kind, key: _key, ...fault }) => fault),
    });
  }

  async #writeOne(one: OneDocument, write: DocumentWrite, unchecked: number): Promise<WrittenDocument> {
    const { environmentId, kind, key } = one;
    await this.#write({ environmentId, writes: [write], deletes: [], expected: expectation(one) });
    const row = await this.#options.store.getConfiguration({ environmentId, kind, key });
    if (row === undefined) throw new TidingsError("version_conflict");
    return { row, unchecked };
  }

  async #write(set: Omit<DocumentSet, "now">): Promise<DocumentChange[]> {
    const { store, clock, broadcast } = this.#options;
    const result = await store.writeDocuments({ ...set, now: clock.now() });
    if (result.status === "conflict") {
      const { kind, key, version } = result.found;
      const detail = version === 0 ? `There is no ${kind} ${key}` : `The ${kind} ${key} is at version ${version}`;
      throw new TidingsError("version_conflict", { detail });
    }
    if (set.dryRun === true) return result.changes;
    if (result.changes.some(({ kind }) => kind !== "tenant")) broadcast.publish("configuration");
    if (result.changes.some(({ kind }) => kind === "tenant")) broadcast.publish("tenants");
    return result.changes;
  }

  #exclusively<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#last.then(run);
    this.#last = result.catch(() => {});
    return result;
  }
}

/** Left out where all were checked. */
export function tellUnchecked(unchecked: number): { unchecked?: number } {
  return unchecked === 0 ? {} : { unchecked };
}
