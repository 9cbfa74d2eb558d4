import { isIP } from "node:net";
import { type AddressGuardSettings, isPublicAddress } from "./address-guard.ts";

/** Undefined for what is no plain http(s) address: outbound clients call nothing else. */
export function plainUrl(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const { protocol, username, password, hostname } = url;
  return (protocol === "https:" || protocol === "http:") && username === "" && password === "" && hostname !== ""
    ? url
    : undefined;
}

/** A host name as sockets want it: IPv6 addresses without brackets. */
export const socketHost = (hostname: string): string => (hostname.startsWith("[") ? hostname.slice(1, -1) : hostname);

/** `URL` has brought every notation of an address (octal, hex, one number) into its plain form already. */
export function isForbiddenLiteral(hostname: string, guard: AddressGuardSettings): boolean {
  const host = socketHost(hostname);
  return !guard.allowPrivateNetwork && isIP(host) !== 0 && !isPublicAddress(host);
}
