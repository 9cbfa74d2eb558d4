import { type buildConnector, Pool } from "undici";
import { BoundedOrigins, type Origin } from "./bounded-origins.ts";

export interface OriginPoolLimits {
  originsMax: number;
  connectionsPerOriginMax: number;
  pendingPerOriginMax: number;
  headersBytesMax: number;
  keepAliveMs: number;
}

/** The HTTP/1.1 connections to one origin. */
export interface OriginPool extends Origin {
  readonly pool: Pool;
}

/** A bounded number of connection pools, one per origin. */
export function originPools(limits: OriginPoolLimits, connect: buildConnector.connector): BoundedOrigins<OriginPool> {
  return new BoundedOrigins(limits, (origin) => {
    const pool = new Pool(origin, {
      connect,
      connections: limits.connectionsPerOriginMax,
      // a second request behind an unanswered one would be lost with it
      pipelining: 1,
      maxHeaderSize: limits.headersBytesMax,
      keepAliveTimeout: limits.keepAliveMs,
      // the call's own clock covers the whole of it
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    return { pool, pending: 0, close: () => pool.close() };
  });
}
