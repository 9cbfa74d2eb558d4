import { hash } from "node:crypto";
import { TidingsError } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { ApiKeyRow, KeyStore } from "../ports/store/keys.ts";

/** On whose behalf a request comes. */
export interface Caller {
  environmentId: number;
  keyId: string;
}

interface Known {
  /** Undefined for a key that is unknown or revoked. */
  caller: Caller | undefined;
  /** When the store was asked, on the monotonic clock. */
  askedAt: number;
}

export interface AuthenticationOptions {
  store: Pick<KeyStore, "findApiKey">;
  clock: Clock;
  cachedKeysMax: number;
  cachedKeyMs: number;
}

const keyLengthMax = 255;
/** Lookups under way at once. Made-up keys all miss the cache: they may not fill the store's queue. */
const lookupsMax = 100;

/**
 * Finds the caller of an API key. A key is remembered for at most `cachedKeyMs` from when the store was asked; halfway
 * there the store is asked again beside the answer, so that a busy key never waits for it. `forget` drops all at once.
 */
export class Authentication {
  readonly #options: AuthenticationOptions;
  readonly #found = new Map<string, Known>();
  /** Hashes of the keys in headers, of keys that were found. */
  readonly #headers = new Map<string, string>();
  /** Apart from those that were found, so that made-up keys cannot push these out. */
  readonly #missed = new Map<string, Known>();
  readonly #lookups = new Map<string, Promise<Caller | undefined>>();
  #generation = 0;

  constructor(options: AuthenticationOptions) {
    this.#options = options;
  }

  /** From memory the answer comes at once: the hot path awaits nothing. */
  callerOf(authorization: string | undefined): Caller | undefined | Promise<Caller | undefined> {
    const keyHash = this.#hashOf(authorization);
    if (keyHash === undefined) return undefined;
    const known = this.#found.get(keyHash) ?? this.#missed.get(keyHash);
    if (known === undefined) return this.#lookUp(keyHash);
    const age = this.#options.clock.monotonic() - known.askedAt;
    if (age >= this.#options.cachedKeyMs) return this.#lookUp(keyHash);
    if (age >= this.#options.cachedKeyMs / 2 && this.#lookups.size < lookupsMax) {
      // Where this fails, the request that comes after the end of the cached time tells.
      this.#lookUp(keyHash).catch(() => {});
    }
    return known.caller;
  }

  /** Hashing the key took 7 µs of each request; headers of keys that were found are few. */
  #hashOf(authorization: string | undefined): string | undefined {
    if (authorization === undefined) return undefined;
    const known = this.#headers.get(authorization);
    if (known !== undefined) return known;
    const key = bearerOf(authorization);
    if (key === undefined) return undefined;
    const keyHash = hash("sha256", key, "hex");
    if (this.#found.has(keyHash) && this.#headers.size < this.#options.cachedKeysMax)
      this.#headers.set(authorization, keyHash);
    return keyHash;
  }

  forget(): void {
    this.#generation += 1;
    this.#headers.clear();
    this.#found.clear();
    this.#missed.clear();
    this.#lookups.clear();
  }

  #lookUp(keyHash: string): Promise<Caller | undefined> {
    const underWay = this.#lookups.get(keyHash);
    if (underWay !== undefined) return underWay;
    if (this.#lookups.size >= lookupsMax) throw new TidingsError("overloaded", { retryAfterSeconds: 1 });
    const lookup = this.#ask(keyHash).finally(() => {
      if (this.#lookups.get(keyHash) === lookup) this.#lookups.delete(keyHash);
    });
    this.#lookups.set(keyHash, lookup);
    return lookup;
  }

  async #ask(keyHash: string): Promise<Caller | undefined> {
    const generation = this.#generation;
    const askedAt = this.#options.clock.monotonic();
    const caller = callerOfRow(await this.#options.store.findApiKey({ hash: keyHash }));
    // What was asked before the hint may be older than what the hint tells of.
    if (generation !== this.#generation) return caller;
    this.#found.delete(keyHash);
    this.#missed.delete(keyHash);
    const target = caller === undefined ? this.#missed : this.#found;
    if (target.size >= this.#options.cachedKeysMax) {
      const oldest = target.keys().next().value;
      if (oldest !== undefined) target.delete(oldest);
    }
    target.set(keyHash, { caller, askedAt });
    return caller;
  }
}

function callerOfRow(row: ApiKeyRow | undefined): Caller | undefined {
  return row === undefined || row.revokedAt !== null ? undefined : { environmentId: row.environmentId, keyId: row.id };
}

function bearerOf(authorization: string): string | undefined {
  const key = /^bearer +([\x21-\x7e]+) *$/i.exec(authorization)?.[1];
  return key === undefined || key.length > keyLengthMax ? undefined : key;
}
