import { buildConnector } from "undici";
import { type AddressGuardSettings, guardedLookup, type Resolver } from "./address-guard.ts";
import type { BoundedOrigins } from "./bounded-origins.ts";
import { type OriginPool, type OriginPoolLimits, originPools } from "./origin-pools.ts";
import { isForbiddenLiteral, plainUrl } from "./outbound-address.ts";
import { OutboundCall, type OutboundResult, refused } from "./outbound-call.ts";

export interface OutboundHttpLimits extends OriginPoolLimits {
  connectTimeoutMs: number;
  bodyBytesMax: number;
}

export const defaultOutboundHttpLimits: OutboundHttpLimits = {
  originsMax: 1000,
  connectionsPerOriginMax: 128,
  pendingPerOriginMax: 10_000,
  headersBytesMax: 16_384,
  bodyBytesMax: 1_048_576,
  connectTimeoutMs: 10_000,
  // servers close idle connections after 5 s and more (Node, nginx, ALB): be first, or a request meets the reset
  keepAliveMs: 4000,
};

export interface OutboundHttpSettings {
  allowPrivateNetwork: boolean;
  limits?: Partial<OutboundHttpLimits>;
  /** The system's resolver where left out. */
  resolver?: Resolver;
  /** Certificates (PEM) trusted instead of the system's. */
  ca?: string;
}

/** What the clients are asked for; the providers' port has the same. */
export interface OutboundCallRequest {
  method: "POST" | "PUT" | "GET" | "DELETE";
  url: string;
  headers: Record<string, string>;
  body?: string | Buffer;
  timeoutMs: number;
  bodyBytesMax?: number;
  signal?: AbortSignal;
}

/**
 * The one guarded HTTP client for outbound calls. Refuses hosts with an address that is not public, connects to the very
 * address it checked, follows no redirect (a 3xx is the answer), verifies TLS, and bounds time, connections, headers and body.
 *
 * Resolves to `response`, to `refused` where surely no byte was sent, or to `unknown` where the request may have been
 * received. It never rejects. Details hold no host or address.
 *
 * On undici's `Pool.dispatch`; global `fetch` does a tenth of its rate, and undici's `Agent` bounds its origins by failing
 * instead of giving up an idle one.
 */
export class OutboundHttpClient {
  readonly #guard: AddressGuardSettings;
  readonly #limits: OutboundHttpLimits;
  readonly #pools: BoundedOrigins<OriginPool>;
  /** The address called last: most calls in a row share it, and parsing one takes 0.8 µs. */
  #last: { text: string; url: URL; origin: string; path: string } | undefined;
  #closing: Promise<void> | undefined;

  constructor(settings: OutboundHttpSettings) {
    const { allowPrivateNetwork, resolver, ca } = settings;
    this.#guard = resolver === undefined ? { allowPrivateNetwork } : { allowPrivateNetwork, resolver };
    this.#limits = { ...defaultOutboundHttpLimits, ...settings.limits };
    const connect = buildConnector({
      timeout: this.#limits.connectTimeoutMs,
      lookup: guardedLookup(this.#guard),
      ...(ca === undefined ? {} : { ca }),
    });
    this.#pools = originPools(this.#limits, connect);
  }

  request(request: OutboundCallRequest): Promise<OutboundResult> {
    const address = this.#addressOf(request.url);
    if (address === undefined) return Promise.resolve(refused("bad_url"));
    if (this.#closing !== undefined) return Promise.resolve(refused("closed"));
    if (request.signal?.aborted === true) return Promise.resolve(refused("aborted_before_send"));
    const { origin, path } = address;
    if (!this.#pools.has(origin) && isForbiddenLiteral(address.url.hostname, this.#guard))
      return Promise.resolve(refused("private_address"));
    const target = this.#pools.take(origin);
    if (target === undefined) return Promise.resolve(refused("too_busy"));
    return new Promise((resolve) => {
      const bodyBytesMax = Math.min(request.bodyBytesMax ?? Number.POSITIVE_INFINITY, this.#limits.bodyBytesMax);
      const limits = { timeoutMs: request.timeoutMs, bodyBytesMax };
      const call = new OutboundCall(limits, request.signal, (result) => {
        target.pending -= 1;
        resolve(result);
      });
      const { method, headers, body = null } = request;
      target.pool.dispatch({ path, method, headers, body }, call);
    });
  }

  /** Takes no more; resolves when the requests under way have ended. Safe to call twice. */
  close(): Promise<void> {
    this.#closing ??= this.#pools.close();
    return this.#closing;
  }

  /** Undefined for what is no plain http(s) address. */
  #addressOf(text: string) {
    if (this.#last?.text === text) return this.#last;
    const url = plainUrl(text);
    if (url === undefined) return undefined;
    this.#last = { text, url, origin: url.origin, path: url.pathname + url.search };
    return this.#last;
  }
}
