import type { OutgoingHttpHeaders } from "node:http";
import { validateHeaderValue } from "node:http";
import { type AddressGuardSettings, guardedLookup } from "./address-guard.ts";
import { BoundedOrigins } from "./bounded-origins.ts";
import { connectHttp2, type Http2ConnectSettings } from "./http2-connect.ts";
import type { Http2Job } from "./http2-job.ts";
import { Http2Origin } from "./http2-origin.ts";
import type { Http2SessionLimits } from "./http2-session.ts";
import { isForbiddenLiteral, plainUrl } from "./outbound-address.ts";
import { OutboundCall, type OutboundResult, refused } from "./outbound-call.ts";
import type { OutboundCallRequest, OutboundHttpSettings } from "./outbound-http.ts";

export interface OutboundHttp2Limits extends Http2SessionLimits {
  originsMax: number;
  /** Requests under way or waiting, per origin. */
  pendingPerOriginMax: number;
  connectTimeoutMs: number;
  headersBytesMax: number;
  bodyBytesMax: number;
  /** What one connection may keep in memory; a request that would not fit fails. */
  sessionMemoryMib: number;
}

export const defaultOutboundHttp2Limits: OutboundHttp2Limits = {
  originsMax: 1000,
  pendingPerOriginMax: 10_000,
  connectTimeoutMs: 10_000,
  headersBytesMax: 16_384,
  bodyBytesMax: 1_048_576,
  streamsMax: 10_000,
  requestsMax: 1_000_000_000,
  sessionMemoryMib: 256,
  pingIntervalMs: 5000,
  pingTimeoutMs: 5000,
  // Apple asks for connections that stay, and takes many short ones for an attack
  idleMs: 300_000,
};

export interface OutboundHttp2Settings extends Omit<OutboundHttpSettings, "limits"> {
  limits?: Partial<OutboundHttp2Limits>;
}

/**
 * The guarded client for vendors who want HTTP/2: the same guard, limits and results as `OutboundHttpClient`, over one
 * connection per origin that carries as many requests at once as the peer takes; others wait in a bounded line.
 *
 * What the peer surely did not process (GOAWAY, REFUSED_STREAM) is sent once more, and is `refused` if it comes back again. A
 * broken connection or stream, and a peer that no longer answers pings, are `unknown` for what was sent. Plain http is HTTP/2
 * with prior knowledge (h2c).
 *
 * On node:http2; undici's own HTTP/2 (`allowH2`, experimental) tells nobody which streams a GOAWAY left out.
 */
export class OutboundHttp2Client {
  readonly #guard: AddressGuardSettings;
  readonly #limits: OutboundHttp2Limits;
  readonly #origins: BoundedOrigins<Http2Origin>;
  #closing: Promise<void> | undefined;

  constructor(settings: OutboundHttp2Settings) {
    const { allowPrivateNetwork, resolver, ca } = settings;
    this.#guard = resolver === undefined ? { allowPrivateNetwork } : { allowPrivateNetwork, resolver };
    const limits = { ...defaultOutboundHttp2Limits, ...settings.limits };
    this.#limits = limits;
    const connect: Http2ConnectSettings = { ...limits, ca, lookup: guardedLookup(this.#guard) };
    this.#origins = new BoundedOrigins(
      limits,
      (origin) => new Http2Origin(limits, () => connectHttp2(new URL(origin), connect)),
    );
  }

  request(request: OutboundCallRequest): Promise<OutboundResult> {
    const url = plainUrl(request.url);
    if (url === undefined) return Promise.resolve(refused("bad_url"));
    if (this.#closing !== undefined) return Promise.resolve(refused("closed"));
    if (request.signal?.aborted === true) return Promise.resolve(refused("aborted_before_send"));
    if (!this.#origins.has(url.origin) && isForbiddenLiteral(url.hostname, this.#guard))
      return Promise.resolve(refused("private_address"));
    const headers = headersOf(request, url);
    if (headers === undefined) return Promise.resolve(refused("bad_request"));
    const origin = this.#origins.take(url.origin);
    if (origin === undefined) return Promise.resolve(refused("too_busy"));
    return new Promise((resolve) => {
      const bodyBytesMax = Math.min(request.bodyBytesMax ?? Number.POSITIVE_INFINITY, this.#limits.bodyBytesMax);
      const limits = { timeoutMs: request.timeoutMs, bodyBytesMax };
      const call = new OutboundCall(limits, request.signal, (result) => {
        origin.settled(job);
        resolve(result);
      });
      const job: Http2Job = { call, headers, body: request.body, resent: false };
      origin.add(job);
    });
  }

  /** Takes no more; resolves when the requests under way have ended. Safe to call twice. */
  close(): Promise<void> {
    this.#closing ??= this.#origins.close();
    return this.#closing;
  }
}

/** Undefined where a value has characters that no header may have: node:http2 sends them as they are. */
function headersOf({ method, headers, body }: OutboundCallRequest, url: URL): OutgoingHttpHeaders | undefined {
  try {
    for (const name in headers) validateHeaderValue(name, headers[name] ?? "");
  } catch {
    return undefined;
  }
  return {
    ":method": method,
    ":scheme": url.protocol.slice(0, -1),
    ":authority": url.host,
    ":path": url.pathname + url.search,
    ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }),
    ...headers,
  };
}
