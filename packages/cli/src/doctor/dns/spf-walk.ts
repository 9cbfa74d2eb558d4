import { BlockList, isIPv4 } from "node:net";
import type { Answer, Dns } from "./dns.ts";
import { isSpf, type Mechanism, parseSpf, type Qualifier, type SpfRecord } from "./spf-record.ts";

/** A mail that needs more of them is refused by who checks it (RFC 7208 §4.6.4). */
export const spfLookUpsMax = 10;
/** The same of names of one `mx`. */
const exchangesMax = 10;
/** Where a walk ends that could go on: what is said of a record then holds already. */
const walkedMax = 40;

/** What a domain's record comes to, with all that it takes in. */
export interface SpfWalk {
  /** The domain's own records of SPF: one, where all is well. */
  records: readonly string[];
  /** Look-ups that a receiver makes. */
  lookUps: number;
  /** Those among them that found nothing. */
  voids: number;
  faults: readonly string[];
  /** Look-ups that the servers did not answer. */
  unanswered: readonly string[];
  /** What holds for all others; undefined where nobody says. */
  ending: Qualifier | undefined;
  usesPtr: boolean;
  /** What passes, but for what a macro or `ptr` decides. */
  passes: BlockList;
}

type Walking = { -readonly [Key in keyof SpfWalk]: SpfWalk[Key] } & {
  faults: string[];
  unanswered: string[];
  records: string[];
};

/** Follows `include` and `redirect`, and looks up what a receiver would. */
export async function walkSpf(domain: string, dns: Dns): Promise<SpfWalk> {
  const walk: Walking = {
    records: [],
    lookUps: 0,
    voids: 0,
    faults: [],
    unanswered: [],
    ending: undefined,
    usesPtr: false,
    passes: new BlockList(),
  };
  const found = await dns.txt(domain);
  if (found.status === "failed") walk.unanswered.push(`TXT ${domain} (${found.code})`);
  walk.records.push(...(found.status === "found" ? found.values.filter(isSpf) : []));
  const [text] = walk.records;
  if (text !== undefined && walk.records.length === 1) {
    const decisive = await visit(parseSpf(text), { domain, chain: [domain.toLowerCase()], passes: true }, walk, dns);
    walk.ending = decisive;
  }
  return walk;
}

interface Place {
  domain: string;
  /** The domains that led here. */
  chain: readonly string[];
  /** What passes here passes as a whole. */
  passes: boolean;
}

/** Gives what holds for all others by this record. */
async function visit(record: SpfRecord, place: Place, walk: Walking, dns: Dns): Promise<Qualifier | undefined> {
  const { domain } = place;
  for (const fault of record.faults) walk.faults.push(`the record of ${domain} ${fault}`);
  for (const mechanism of record.mechanisms) {
    if (mechanism.kind === "all") return mechanism.qualifier;
    await take(mechanism, place, walk, dns);
  }
  if (record.redirect === undefined) return undefined;
  walk.lookUps += 1;
  return takeIn(record.redirect, "redirect", place, walk, dns);
}

async function take(mechanism: Mechanism, place: Place, walk: Walking, dns: Dns): Promise<void> {
  const { kind, value, qualifier, prefix } = mechanism;
  const passes = place.passes && qualifier === "+";
  if (kind === "ip4" || kind === "ip6") {
    const [address = "", length = kind === "ip4" ? "32" : "128"] = value.split("/");
    if (passes) walk.passes.addSubnet(address, Number(length), kind === "ip4" ? "ipv4" : "ipv6");
    return;
  }
  walk.lookUps += 1;
  if (kind === "ptr") walk.usesPtr = true;
  const target = value === "" ? place.domain : value;
  // what a macro stands for is known with a mail alone
  if (kind === "ptr" || target.includes("%{") || walk.lookUps > walkedMax) return;
  if (kind === "include") await takeIn(target, "include", { ...place, passes }, walk, dns);
  else if (kind === "mx") await takeExchanges(target, walk, dns, passes, prefix);
  else await takeAddresses(target, walk, dns, passes && kind === "a", prefix);
}

/** Another domain's record, which has to be there (RFC 7208 §5.2, §6.1). */
async function takeIn(target: string, by: "include" | "redirect", place: Place, walk: Walking, dns: Dns) {
  const name = target.toLowerCase().replace(/\.$/, "");
  if (name.includes("%{") || walk.lookUps > walkedMax) return undefined;
  if (place.chain.includes(name)) {
    walk.faults.push(`${by} leads from ${name} back to itself`);
    return undefined;
  }
  const found = await dns.txt(name);
  note(found, `TXT ${name}`, walk);
  if (found.status === "failed") return undefined;
  const records = found.status === "found" ? found.values.filter(isSpf) : [];
  const [text] = records;
  if (text === undefined || records.length > 1) {
    walk.faults.push(
      `${by} names ${name}, which has ${records.length === 0 ? "no record" : `${records.length} records`} of SPF`,
    );
    return undefined;
  }
  return visit(parseSpf(text), { domain: name, chain: [...place.chain, name], passes: place.passes }, walk, dns);
}

async function takeExchanges(target: string, walk: Walking, dns: Dns, passes: boolean, prefix: Mechanism["prefix"]) {
  const found = await dns.mx(target);
  note(found, `MX ${target}`, walk);
  if (found.status !== "found") return;
  if (found.values.length > exchangesMax)
    walk.faults.push(`mx of ${target} has ${found.values.length} names, more than ${exchangesMax}`);
  for (const { exchange } of found.values.slice(0, exchangesMax)) {
    const addresses = exchange === "" ? undefined : await dns.addresses(exchange);
    if (passes && addresses?.status === "found") addNetworks(walk.passes, addresses.values, prefix);
  }
}

async function takeAddresses(target: string, walk: Walking, dns: Dns, passes: boolean, prefix: Mechanism["prefix"]) {
  const found = await dns.addresses(target);
  note(found, `A ${target}`, walk);
  if (passes && found.status === "found") addNetworks(walk.passes, found.values, prefix);
}

function addNetworks(list: BlockList, addresses: readonly string[], [four, six]: Mechanism["prefix"]): void {
  for (const address of addresses)
    if (isIPv4(address)) list.addSubnet(address, four, "ipv4");
    else list.addSubnet(address, six, "ipv6");
}

function note(answer: Answer<unknown>, what: string, walk: Walking): void {
  if (answer.status === "none") walk.voids += 1;
  if (answer.status === "failed") walk.unanswered.push(`${what} (${answer.code})`);
}
