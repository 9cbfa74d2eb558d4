import type { Dns } from "./dns.ts";
import { parseTags } from "./tag-list.ts";

export interface DmarcRecord {
  /** Domain that it was found at. */
  domain: string;
  text: string;
  tags: ReadonlyMap<string, string>;
}

export interface DmarcFound {
  /** The record that is in force, that of the domain itself or of the nearest above it. */
  record: DmarcRecord | undefined;
  /** Records at the domain itself: with several of them none is in force. */
  count: number;
  /** Where the domain is not its own organization's: that one. */
  organization: string;
  unanswered: readonly string[];
}

/** Names above which nobody looks: of a longer one the last ones alone are walked. */
const labelsMax = 8;

/** Whether a TXT record is one of DMARC: the version comes first, in this case (RFC 7489 §6.3). */
const isDmarc = (text: string): boolean => /^v\s*=\s*DMARC1\s*(;|$)/.test(text);

/** `a.b.c` is below `b.c` and `c`: the domain, and what it is below, as DMARCbis walks up the tree in place of a list of suffixes. */
export function walkedNames(domain: string): string[] {
  const labels = domain.split(".");
  const from = labels.length > labelsMax ? labels.length - labelsMax + 1 : 1;
  return [domain, ...labels.slice(from).map((_, index) => labels.slice(from + index).join("."))];
}

/** Looks for the record of a domain, and for the domain of its organization: the highest that has one and is no registry's. */
export async function findDmarc(domain: string, dns: Dns): Promise<DmarcFound> {
  const unanswered: string[] = [];
  const records: DmarcRecord[] = [];
  let count = 0;
  for (const name of walkedNames(domain)) {
    const answer = await dns.txt(`_dmarc.${name}`);
    if (answer.status === "failed") unanswered.push(`TXT _dmarc.${name} (${answer.code})`);
    const texts = answer.status === "found" ? answer.values.filter(isDmarc) : [];
    if (name === domain) count = texts.length;
    const [text, ...more] = texts;
    const tags = text === undefined || more.length > 0 ? undefined : parseTags(text);
    if (text !== undefined && tags !== undefined) records.push({ domain: name, text, tags });
    // said outright: nothing above it counts
    if (tags?.get("psd") === "n") break;
  }
  return { record: records[0], count, organization: organizationOf(domain, records), unanswered };
}

function organizationOf(domain: string, records: readonly DmarcRecord[]): string {
  const highest = records.at(-1);
  if (highest === undefined) return domain;
  if (highest.tags.get("psd") !== "y" || highest.domain === domain) return highest.domain;
  const labels = domain.split(".");
  return labels.slice(labels.length - highest.domain.split(".").length - 1).join(".");
}
