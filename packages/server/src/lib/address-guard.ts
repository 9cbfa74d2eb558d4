import { lookup as dnsLookup } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";

export interface ResolvedAddress {
  address: string;
  family: 4 | 6;
}

/** Gives every address of a host; rejects where the host has none. */
export type Resolver = (host: string) => Promise<ResolvedAddress[]>;

export interface AddressGuardSettings {
  /** True lets loopback, private and reserved addresses through. */
  allowPrivateNetwork: boolean;
  /** The system's resolver where left out. */
  resolver?: Resolver;
}

export type GuardRefusal = "private_address" | "dns_failed";

export type GuardedAddress =
  | { status: "resolved"; address: string; family: 4 | 6 }
  | { status: "refused"; code: GuardRefusal; detail: string };

/** Carries a refusal through `net.connect`, whose look-up can only fail with an error. */
export class GuardError extends Error {
  readonly code: GuardRefusal;
  constructor(code: GuardRefusal) {
    super(refusalDetails[code]);
    this.code = code;
  }
}

const refusalDetails: Record<GuardRefusal, string> = {
  private_address: "the host has an address that is not public",
  dns_failed: "the host could not be resolved",
};

const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");
/** RFC 9637; ipaddr.js takes it for unicast. */
const documentation = ipaddr.IPv6.parseCIDR("3fff::/20");

/**
 * True only for what the public internet routes (IANA special-purpose registries, RFC 6890). IPv6 is an allow-list,
 * 2000::/3, so that mapped, compatible, NAT64 (64:ff9b::/96, 64:ff9b:1::/48) and site-local forms fall out without
 * being named; 6to4 and Teredo lie inside it and are named by ipaddr.js.
 */
export function isPublicAddress(text: string): boolean {
  if (isIP(text) === 0) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== "unicast") return false;
  if (address.kind() === "ipv4") return true;
  return !text.includes("%") && address.match(globalUnicast) && !address.match(documentation);
}

const systemResolver: Resolver = async (host) => {
  const found = await dnsLookup(host, { all: true, order: "verbatim" });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
};

/**
 * Every address of the host, checked. One bad address refuses all of them: a name that mixes public and private ones is
 * an attack or a mistake. Throws a GuardError.
 */
async function checkedAddresses(
  host: string,
  settings: AddressGuardSettings,
): Promise<[ResolvedAddress, ...ResolvedAddress[]]> {
  const family = isIP(host);
  const found: ResolvedAddress[] =
    family === 0
      ? await (settings.resolver ?? systemResolver)(host).catch(() => {
          throw new GuardError("dns_failed");
        })
      : [{ address: host, family: family === 6 ? 6 : 4 }];
  const [first, ...others] = found;
  if (first === undefined) throw new GuardError("dns_failed");
  if (!settings.allowPrivateNetwork && !found.every(({ address }) => isPublicAddress(address)))
    throw new GuardError("private_address");
  return [first, ...others];
}

/**
 * Resolves a host (name, or IP literal without brackets) to one checked address. Connect to that address, and to nothing
 * else: a second look-up could answer differently (DNS rebinding).
 */
export async function resolveGuarded(host: string, settings: AddressGuardSettings): Promise<GuardedAddress> {
  try {
    const [first] = await checkedAddresses(host, settings);
    return { status: "resolved", ...first };
  } catch (error) {
    if (error instanceof GuardError) return { status: "refused", code: error.code, detail: error.message };
    throw error;
  }
}

/**
 * Look-up function for `net.connect` and `tls.connect`: what it gives is what gets connected to, so the checked address is
 * pinned. Node does not ask it for IP literals; check those with `isPublicAddress`.
 */
export function guardedLookup(settings: AddressGuardSettings): LookupFunction {
  return (host, options, callback) => {
    checkedAddresses(host, settings).then(
      (addresses) =>
        options.all === true ? callback(null, addresses) : callback(null, addresses[0].address, addresses[0].family),
      (error: Error) => callback(error, ""),
    );
  };
}
