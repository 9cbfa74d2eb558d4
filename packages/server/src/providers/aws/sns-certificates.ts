import { type KeyObject, X509Certificate } from "node:crypto";
import type { OutboundHttp } from "../../ports/provider.ts";

/** Certificates that are kept: one region has one or two at a time. */
const kept = 32;
/** How long a URL without a certificate is not asked again: a forger must not make us call for each of his messages. */
const absentMs = 60_000;
const fetchesMax = 4;
const timeoutMs = 5000;
const certificateBytesMax = 20_000;
const keyBitsMin = 2048;

export type SigningKey =
  | { status: "found"; key: KeyObject }
  /** AWS has no such certificate, or it has ended. */
  | { status: "absent" }
  /** It cannot be fetched at the moment. */
  | { status: "unreachable" };

interface Entry {
  key: KeyObject | undefined;
  until: number;
}

/** Keys of AWS by the URL of their certificate, fetched once each. The URL was checked before: none but AWS's get here. */
export class SnsCertificates {
  readonly #http: OutboundHttp;
  readonly #entries = new Map<string, Entry>();
  readonly #underWay = new Map<string, Promise<SigningKey>>();

  constructor(http: OutboundHttp) {
    this.#http = http;
  }

  async keyOf(url: string, now: number): Promise<SigningKey> {
    const known = this.#entries.get(url);
    if (known !== undefined && known.until > now)
      return known.key === undefined ? { status: "absent" } : { status: "found", key: known.key };
    const running = this.#underWay.get(url);
    if (running !== undefined) return running;
    if (this.#underWay.size >= fetchesMax) return { status: "unreachable" };
    const fetching = this.#fetch(url, now).finally(() => this.#underWay.delete(url));
    this.#underWay.set(url, fetching);
    return fetching;
  }

  async #fetch(url: string, now: number): Promise<SigningKey> {
    const response = await this.#http.request({
      method: "GET",
      url,
      headers: {},
      timeoutMs,
      bodyBytesMax: certificateBytesMax,
    });
    if (response.status !== "response" || response.statusCode === 429 || response.statusCode >= 500)
      return { status: "unreachable" };
    const entry = response.statusCode === 200 ? readCertificate(response.body, now) : undefined;
    this.#keep(url, entry ?? { key: undefined, until: now + absentMs });
    return entry?.key === undefined ? { status: "absent" } : { status: "found", key: entry.key };
  }

  #keep(url: string, entry: Entry): void {
    this.#entries.delete(url);
    this.#entries.set(url, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > kept && oldest !== undefined) this.#entries.delete(oldest);
  }
}

/** Undefined for what is no certificate in force with an RSA key of a length that holds. */
function readCertificate(pem: Buffer, now: number): Entry | undefined {
  try {
    const { publicKey, validFrom, validTo } = new X509Certificate(pem);
    const until = Date.parse(validTo);
    const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
    if (publicKey.asymmetricKeyType !== "rsa" || bits < keyBitsMin) return undefined;
    return Date.parse(validFrom) <= now && until > now ? { key: publicKey, until } : undefined;
  } catch {
    return undefined;
  }
}
