import type { ConfigurationKind } from "@tidings/contract/configuration";
import { keySchema } from "@tidings/contract/text";
import { z } from "zod";
import { sealContext } from "../domain/event-payload.ts";
import { TidingsError } from "../errors.ts";
import type { Broadcast } from "../ports/broadcast.ts";
import type { Clock } from "../ports/clock.ts";
import type { ConfigurationRow, ConfigurationStore } from "../ports/store/configuration.ts";
import { type ConfigurationDocument, parseDocument } from "./configuration-documents.ts";
import type { ConfigurationRules } from "./configuration-rules.ts";
import type { ApiKeyring } from "./dependencies.ts";
import { valid } from "./validation.ts";

export interface ConfigurationWriterOptions {
  store: Pick<ConfigurationStore, "putConfiguration" | "getConfiguration" | "deleteConfiguration">;
  rules: ConfigurationRules;
  keyring: Pick<ApiKeyring, "sealForEnvironment" | "unsealForEnvironment">;
  broadcast: Pick<Broadcast, "publish">;
  clock: Clock;
}

interface Secrets {
  /** In clear, for the rules alone. */
  values: Record<string, string>;
  sealed: string | null;
}

const secretsSchema = z.record(z.string(), z.string());

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

  /** Throws `validation_failed`. Gives the newest version: a new one where something differs. */
  put(environmentId: number, kind: ConfigurationKind, key: string, body: unknown): Promise<ConfigurationRow> {
    return this.#exclusively(() => this.#put(environmentId, kind, key, body));
  }

  /** Throws `not_found`, and `in_use` where another document refers to it. */
  delete(environmentId: number, kind: ConfigurationKind, key: string): Promise<void> {
    return this.#exclusively(() => this.#delete(environmentId, kind, key));
  }

  async #put(environmentId: number, kind: ConfigurationKind, key: string, body: unknown): Promise<ConfigurationRow> {
    const { store, rules, broadcast, clock } = this.#options;
    valid(keySchema, key, "key");
    const written = parseDocument(kind, body);
    const secrets = await this.#secrets(environmentId, key, written);
    const faults = await rules.check(environmentId, key, written, secrets.values);
    if (faults.length > 0) throw new TidingsError("validation_failed", { faults });
    const row = await store.putConfiguration({
      environmentId,
      kind,
      key,
      document: JSON.stringify(withoutSecrets(written)),
      secrets: secrets.sealed,
      secretNames: Object.keys(secrets.values).sort(),
      now: clock.now(),
    });
    broadcast.publish("configuration");
    return row;
  }

  async #delete(environmentId: number, kind: ConfigurationKind, key: string): Promise<void> {
    const { store, rules, broadcast, clock } = this.#options;
    const user = await rules.userOf(environmentId, kind, key);
    if (user !== undefined) throw new TidingsError("in_use", { detail: `The ${user.kind} ${user.key} refers to it` });
    const existed = await store.deleteConfiguration({ environmentId, kind, key, now: clock.now() });
    if (!existed) throw new TidingsError("not_found");
    broadcast.publish("configuration");
  }

  /** Those given, or those stored where none are given. Equal ones stay as they were sealed, which makes no new version. */
  async #secrets(environmentId: number, key: string, written: ConfigurationDocument): Promise<Secrets> {
    if (written.kind !== "integration") return { values: {}, sealed: null };
    const { store, keyring } = this.#options;
    const row = await store.getConfiguration({ environmentId, kind: "integration", key });
    const stored = row?.secrets ?? null;
    const before =
      stored === null
        ? {}
        : secretsSchema.parse(JSON.parse(keyring.unsealForEnvironment(environmentId, sealContext.secrets, stored)));
    const given = written.document.secrets ?? {};
    if (Object.keys(given).length === 0 || isSame(given, before)) return { values: before, sealed: stored };
    const sealed = keyring.sealForEnvironment(environmentId, sealContext.secrets, JSON.stringify(given));
    return { values: given, sealed };
  }

  #exclusively<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#last.then(run);
    this.#last = result.catch(() => {});
    return result;
  }
}

function withoutSecrets(written: ConfigurationDocument): unknown {
  if (written.kind !== "integration") return written.document;
  const { secrets: _secrets, ...document } = written.document;
  return document;
}

function isSame(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
