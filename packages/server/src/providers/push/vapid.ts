import { createECDH, createPrivateKey, type KeyObject } from "node:crypto";
import { signJwt } from "../../lib/jwt.ts";

/** RFC 8292 §2: 24 hours at most. */
const lastsMs = 43_200_000;
/** A token is not used in its last hour: the push service's clock may be another. */
const marginMs = 3_600_000;
/** Push services for which a token is kept: recipients say which there are. */
const audiencesMax = 1000;

/** The public key that belongs to a private one, both in base64url as browsers and `web-push` write them; undefined for none. */
export function vapidPublicKeyOf(privateKey: string): string | undefined {
  if (!/^[\w-]{43}$/.test(privateKey)) return undefined;
  try {
    const key = createECDH("prime256v1");
    key.setPrivateKey(privateKey, "base64url");
    return key.getPublicKey("base64url");
  } catch {
    return undefined;
  }
}

/** The application server's identification (RFC 8292) for each push service, made once for many messages: a signature costs 0.1 ms. */
export class Vapid {
  readonly #key: KeyObject;
  readonly #publicKey: string;
  readonly #subject: string;
  readonly #kept = new Map<string, { header: string; until: number }>();

  constructor(publicKey: string, privateKey: string, subject: string) {
    const point = Buffer.from(publicKey, "base64url");
    const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString("base64url"));
    const jwk = { kty: "EC", crv: "P-256", x: x ?? "", y: y ?? "", d: privateKey };
    this.#key = createPrivateKey({ format: "jwk", key: jwk });
    this.#publicKey = publicKey;
    this.#subject = subject;
  }

  /** Value of `Authorization` for a push service, named by its origin. */
  headerFor(audience: string, nowMs: number): string {
    const kept = this.#kept.get(audience);
    if (kept !== undefined && nowMs < kept.until) return kept.header;
    const exp = Math.floor((nowMs + lastsMs) / 1000);
    const token = signJwt("ES256", this.#key, { aud: audience, exp, sub: this.#subject });
    const header = `vapid t=${token}, k=${this.#publicKey}`;
    this.drop(audience);
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined && this.#kept.size >= audiencesMax) this.#kept.delete(oldest);
    this.#kept.set(audience, { header, until: nowMs + lastsMs - marginMs });
    return header;
  }

  /** It was refused: the next message has another. */
  drop(audience: string): void {
    this.#kept.delete(audience);
  }
}
