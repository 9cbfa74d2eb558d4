import type { Reply } from "./reply.ts";

/** What a server offers in its answer to EHLO (RFC 5321 §4.1.1.1). */
export interface Capabilities {
  /** RFC 2920. */
  pipelining: boolean;
  startTls: boolean;
  eightBitMime: boolean;
  smtpUtf8: boolean;
  /** RFC 1870; undefined where SIZE is not offered, 0 where no limit is told. */
  sizeMax: number | undefined;
  /** Mechanisms in upper case. */
  auth: ReadonlySet<string>;
}

export const noCapabilities: Capabilities = {
  pipelining: false,
  startTls: false,
  eightBitMime: false,
  smtpUtf8: false,
  sizeMax: undefined,
  auth: new Set(),
};

export function capabilitiesOf({ lines }: Reply): Capabilities {
  const offered = new Map<string, string[]>();
  for (const line of lines.slice(1)) {
    // some servers still write AUTH=PLAIN
    const [keyword = "", ...parameters] = line.trim().toUpperCase().split(/[ =]+/);
    offered.set(keyword, [...(offered.get(keyword) ?? []), ...parameters]);
  }
  const [size] = offered.get("SIZE") ?? [];
  return {
    pipelining: offered.has("PIPELINING"),
    startTls: offered.has("STARTTLS"),
    eightBitMime: offered.has("8BITMIME"),
    smtpUtf8: offered.has("SMTPUTF8"),
    sizeMax: offered.has("SIZE") ? (/^\d{1,15}$/.test(size ?? "") ? Number(size) : 0) : undefined,
    auth: new Set(offered.get("AUTH") ?? []),
  };
}
