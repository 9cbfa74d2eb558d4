import { isIPv4, isIPv6 } from "node:net";

export type Qualifier = "+" | "-" | "~" | "?";

export interface Mechanism {
  kind: "all" | "include" | "a" | "mx" | "ptr" | "exists" | "ip4" | "ip6";
  qualifier: Qualifier;
  /** Domain or network; empty where the mechanism is about the domain itself. */
  value: string;
  /** Lengths of networks around the addresses of `a` and `mx`: IPv4, IPv6. */
  prefix: readonly [number, number];
}

export interface SpfRecord {
  mechanisms: readonly Mechanism[];
  redirect: string | undefined;
  faults: readonly string[];
}

/** Whether a TXT record is one of SPF: the version and a space, or nothing more (RFC 7208 §4.5). */
export const isSpf = (text: string): boolean => /^v=spf1( |$)/i.test(text);

const wholeNetwork = [32, 128] as const;
/** `a`, `a:domain`, `a/24`, `a:domain/24//64`. */
const hostForm = /^(a|mx)(?::([^/]+))?(?:\/(\d{1,3}))?(?:\/\/(\d{1,3}))?$/i;
const domainForm = /^(include|exists):(.+)$/i;

/** Reads a record by the grammar of RFC 7208 §12. What is no term is a fault, and all else is read nevertheless. */
export function parseSpf(text: string): SpfRecord {
  const mechanisms: Mechanism[] = [];
  const faults: string[] = [];
  const modifiers = new Map<string, string>();
  for (const term of text
    .split(" ")
    .slice(1)
    .filter((part) => part !== "")) {
    const [, name, value = ""] = /^([A-Za-z][A-Za-z0-9._-]*)=(.*)$/.exec(term) ?? [];
    if (name !== undefined) {
      const key = name.toLowerCase();
      if (modifiers.has(key) && (key === "redirect" || key === "exp")) faults.push(`has ${key}= twice`);
      modifiers.set(key, value);
      continue;
    }
    const mechanism = parseMechanism(term);
    if (mechanism === undefined) faults.push(`has ${JSON.stringify(term)}, which is no mechanism`);
    else mechanisms.push(mechanism);
  }
  const redirect = modifiers.get("redirect");
  if (redirect === "") faults.push("has an empty redirect=");
  return { mechanisms, redirect: redirect === "" ? undefined : redirect, faults };
}

function parseMechanism(term: string): Mechanism | undefined {
  const [, sign, rest = ""] = /^([-+~?])?(.*)$/s.exec(term) ?? [];
  const qualifier: Qualifier = (["-", "~", "?"] as const).find((each) => each === sign) ?? "+";
  const own = { qualifier, value: "", prefix: wholeNetwork };
  if (/^all$/i.test(rest)) return { ...own, kind: "all" };
  const [, ptr, ptrDomain = ""] = /^(ptr)(?::([^/]+))?$/i.exec(rest) ?? [];
  if (ptr !== undefined) return { ...own, kind: "ptr", value: ptrDomain };
  const [, named, domain = ""] = domainForm.exec(rest) ?? [];
  if (named !== undefined)
    return { ...own, kind: named.toLowerCase() === "include" ? "include" : "exists", value: domain };
  const [, network, address = ""] = /^ip([46]):(.+)$/i.exec(rest) ?? [];
  if (network !== undefined)
    return isNetwork(address, network) ? { ...own, kind: network === "4" ? "ip4" : "ip6", value: address } : undefined;
  const [, host, hostDomain = "", four = "32", six = "128"] = hostForm.exec(rest) ?? [];
  if (host === undefined || Number(four) > 32 || Number(six) > 128) return undefined;
  return {
    ...own,
    kind: host.toLowerCase() === "a" ? "a" : "mx",
    value: hostDomain,
    prefix: [Number(four), Number(six)],
  };
}

function isNetwork(text: string, version: string): boolean {
  const [address = "", length, ...more] = text.split("/");
  const isAddress = version === "4" ? isIPv4(address) : isIPv6(address);
  const isLength = length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (version === "4" ? 32 : 128));
  return isAddress && isLength && more.length === 0;
}
