import { createSecretKey } from "node:crypto";
import { HmacKey } from "./hmac-key.ts";
import { type DataKey, keyedHash, SealError, seal, unseal } from "./seal.ts";

/** An environment's keys as the store keeps them: wrapped by the master key. */
export interface WrappedEnvironmentKeys {
  id: number;
  wrappedDataKey: string;
  wrappedAddressKey: string;
}

interface EnvironmentKeys {
  data: DataKey;
  address: HmacKey;
  /** By their purpose; purposes are few and fixed. */
  signing: Map<string, HmacKey>;
}

const masterId = "0000000000000000";
const wrapContext = "data-key";
const nonceLength = 12;
const noncesDrawn = 256;

/**
 * Holds the master key and opens data keys with it: one per environment, one per recipient. A recipient's key that is
 * deleted from the store makes all that was sealed with it unreadable (crypto-shredding). Opened recipient keys are
 * kept for reuse, at most `openedMax` of them.
 */
export class Keyring {
  readonly #master: DataKey;
  readonly #randomBytes: (length: number) => Buffer;
  readonly #openedMax: number;
  readonly #environments = new Map<number, EnvironmentKeys>();
  readonly #opened = new Map<string, DataKey>();
  #nonces: Buffer = Buffer.alloc(0);
  #noncesUsed = 0;

  constructor(masterKey: Buffer, randomBytes: (length: number) => Buffer, openedMax: number) {
    if (masterKey.length !== 32) throw new SealError("the master key must be 32 bytes");
    this.#master = { id: masterId, key: masterKey };
    this.#randomBytes = randomBytes;
    this.#openedMax = openedMax;
  }

  /** Makes a data key; what it gives is safe to store. */
  newWrappedKey(): string {
    const id = this.#randomBytes(8).toString("hex");
    const key = this.#randomBytes(32).toString("base64");
    return seal(this.#master, this.#nonce(), wrapContext, `${id}:${key}`);
  }

  /** Must be called for every environment before its fields are sealed or opened. Throws a SealError for a wrong master key. */
  addEnvironment(keys: WrappedEnvironmentKeys): void {
    const data = this.#unwrap(keys.wrappedDataKey);
    this.#environments.set(keys.id, {
      // Used for every event, so it is set up once.
      data: { id: data.id, key: createSecretKey(data.key) },
      address: new HmacKey(this.#unwrap(keys.wrappedAddressKey).key),
      signing: new Map(),
    });
  }

  sealForEnvironment(environmentId: number, context: string, text: string): string {
    return seal(this.#environment(environmentId).data, this.#nonce(), context, text);
  }

  unsealForEnvironment(environmentId: number, context: string, sealed: string): string {
    return unseal(this.#environment(environmentId).data, context, sealed);
  }

  /** `wrappedKey` is the recipient's own data key as stored. */
  sealForRecipient(wrappedKey: string, context: string, text: string): string {
    return seal(this.#open(wrappedKey), this.#nonce(), context, text);
  }

  unsealForRecipient(wrappedKey: string, context: string, sealed: string): string {
    return unseal(this.#open(wrappedKey), context, sealed);
  }

  /** Keyed hash in an environment, such as of an address: (`email`, `a@b.c`). 32 hex digits. */
  hash(environmentId: number, ...parts: string[]): string {
    return keyedHash(this.#environment(environmentId).address, ...parts);
  }

  /** HMAC-SHA256 (RFC 2104) of a text with a key of this purpose, derived from the environment's: 32 bytes. */
  sign(environmentId: number, purpose: string, text: string): Buffer {
    const { address, signing } = this.#environment(environmentId);
    let key = signing.get(purpose);
    if (key === undefined) {
      // No keyed hash begins with a letter, so no hash is ever equal to a key.
      key = new HmacKey(address.bytes(`sign:${purpose}`));
      signing.set(purpose, key);
    }
    return key.bytes(text);
  }

  /** Drawn many at a time, as a draw costs half as much as sealing a field; each is used once. */
  #nonce(): Buffer {
    if (this.#noncesUsed >= this.#nonces.length) {
      this.#nonces = this.#randomBytes(noncesDrawn * nonceLength);
      this.#noncesUsed = 0;
    }
    const nonce = this.#nonces.subarray(this.#noncesUsed, this.#noncesUsed + nonceLength);
    this.#noncesUsed += nonceLength;
    return nonce;
  }

  #environment(id: number): EnvironmentKeys {
    const keys = this.#environments.get(id);
    if (keys === undefined) throw new SealError(`environment ${id} has no keys here`);
    return keys;
  }

  /**
   * Recipients' keys stay bytes. A KeyObject each was faster to seal with, but what the garbage collector then frees of a
   * campaign's 80,000 recipients at once stopped the process for 180 ms.
   */
  #open(wrappedKey: string): DataKey {
    const known = this.#opened.get(wrappedKey);
    if (known !== undefined) return known;
    const opened = this.#unwrap(wrappedKey);
    if (this.#opened.size >= this.#openedMax) {
      const oldest = this.#opened.keys().next().value;
      if (oldest !== undefined) this.#opened.delete(oldest);
    }
    this.#opened.set(wrappedKey, opened);
    return opened;
  }

  #unwrap(wrapped: string): { id: string; key: Buffer } {
    const text = unseal(this.#master, wrapContext, wrapped);
    return { id: text.slice(0, 16), key: Buffer.from(text.slice(17), "base64") };
  }
}
