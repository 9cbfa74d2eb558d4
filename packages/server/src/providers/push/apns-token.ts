import type { KeyObject } from "node:crypto";
import { signJwt } from "../../lib/jwt.ts";
import { tokenRenewalMinMs } from "./apns-refusals.ts";

/** Apple takes a token for 20 to 60 minutes. */
const keptMs = 2_400_000;

/** The one token of an integration: Apple takes offence at many (TooManyProviderTokenUpdates). */
export class ApnsToken {
  readonly #sign: (issuedAt: number) => string;
  #current: { text: string; madeAt: number } | undefined;
  #renewedAt = Number.NEGATIVE_INFINITY;

  constructor(key: KeyObject, keyId: string, teamId: string) {
    this.#sign = (iat) => signJwt("ES256", key, { iss: teamId, iat }, { kid: keyId });
  }

  at(nowMs: number): string {
    const age = nowMs - (this.#current?.madeAt ?? Number.NEGATIVE_INFINITY);
    // a clock that was put back makes it one from the future
    if (this.#current === undefined || age >= keptMs || age < 0)
      this.#current = { text: this.#sign(Math.floor(nowMs / 1000)), madeAt: nowMs };
    return this.#current.text;
  }

  /**
   * The token to take in place of one that was called expired: another that was made meanwhile, or a new one. Undefined
   * where that was tried lately: then it is the clock that is wrong, and more of them would not help.
   */
  inPlaceOf(expired: string, nowMs: number): string | undefined {
    if (this.#current !== undefined && this.#current.text !== expired) return this.#current.text;
    if (nowMs - this.#renewedAt < tokenRenewalMinMs) return undefined;
    this.#renewedAt = nowMs;
    this.#current = undefined;
    return this.at(nowMs);
  }
}
