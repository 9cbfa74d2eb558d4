import type { MailSender } from "@tidings/contract/readiness";
import { skipped } from "../check.ts";
import { alignedDomains, judgeAlignment } from "./alignment.ts";
import { dkimName, judgeDkim, type Selector } from "./dkim.ts";
import { agreementName, judgeDmarc, reportDomains } from "./dmarc.ts";
import { type DmarcFound, findDmarc } from "./dmarc-record.ts";
import type { Answer, Dns } from "./dns.ts";
import { checkMx } from "./mx.ts";
import { checkReverse } from "./reverse.ts";
import { judgeSpf, type Report } from "./spf.ts";
import { walkSpf } from "./spf-walk.ts";

export interface DomainQuestion {
  /** In lower case and ASCII. */
  domain: string;
  /** Names of keys below the domain. */
  selectors: readonly string[];
  /** Addresses that mail is sent from. */
  addresses: readonly string[];
  /** What the server sends under, all its integrations. */
  senders: readonly MailSender[];
}

/** What bulk senders are asked for, by what DNS says of a domain that mail is from. */
export async function reportOn({ domain, selectors, addresses, senders }: DomainQuestion, dns: Dns): Promise<Report> {
  const own = senders.filter(({ enabled, from }) => enabled && from.includes(domain));
  const found = await findDmarc(domain, dns);
  const reports = [
    ...(await spfReports(domain, own, addresses, dns)),
    ...(await Promise.all(
      selectorsOf(domain, selectors, own).map(async (each) => judgeDkim(each, await dns.txt(dkimName(each)))),
    )),
    ...(selectorsOf(domain, selectors, own).length === 0 ? [noSelectors] : []),
    await dmarcReport(domain, found, dns),
    await alignmentReport(domain, own, found, dns),
    { checks: await checkMx(domain, dns), publish: [] },
    ...(await Promise.all(addresses.map((address) => checkReverse(address, domain, dns)))),
  ];
  return { checks: reports.flatMap(({ checks }) => checks), publish: reports.flatMap(({ publish }) => publish) };
}

const noSelectors: Report = {
  checks: [skipped("DKIM", "no selector is known: --selector names those that sign")],
  publish: [],
};

/** SPF is asked of the return path's domain; where that is another one, its record counts too. */
async function spfReports(
  domain: string,
  own: readonly MailSender[],
  addresses: readonly string[],
  dns: Dns,
): Promise<Report[]> {
  const others = own.flatMap(({ returnPath }) => (returnPath === undefined || returnPath === domain ? [] : returnPath));
  const ofOthers = [...new Set(others)].map(async (other) => {
    const { checks, publish } = judgeSpf(other, await walkSpf(other, dns), addresses);
    return { checks: checks.map((check) => ({ ...check, name: `${check.name} (${other})` })), publish };
  });
  // mail leaves under the return path's domain: there the addresses have to be named
  const ofOwn = judgeSpf(domain, await walkSpf(domain, dns), others.length > 0 ? [] : addresses);
  return [ofOwn, ...(await Promise.all(ofOthers))];
}

/** Those that were named, and those that the server signs with for this domain's mail. */
function selectorsOf(domain: string, named: readonly string[], own: readonly MailSender[]): Selector[] {
  const selectors = new Map<string, Selector>();
  for (const { integration, dkim } of own)
    for (const { selector, domain: signer, record } of dkim) {
      const id = dkimName({ selector, domain: signer });
      const integrations = [...(selectors.get(id)?.integrations ?? []), integration];
      selectors.set(id, { selector, domain: signer, record, integrations });
    }
  for (const selector of named) {
    const id = dkimName({ selector, domain });
    if (!selectors.has(id)) selectors.set(id, { selector, domain, record: undefined, integrations: [] });
  }
  return [...selectors.values()];
}

async function dmarcReport(domain: string, found: DmarcFound, dns: Dns): Promise<Report> {
  const policyDomain = found.record?.domain ?? domain;
  const agreed = new Map<string, Answer<string>>();
  for (const other of reportDomains(found)) agreed.set(other, await dns.txt(agreementName(policyDomain, other)));
  return judgeDmarc(domain, found, agreed);
}

async function alignmentReport(
  domain: string,
  own: readonly MailSender[],
  found: DmarcFound,
  dns: Dns,
): Promise<Report> {
  const organizations = new Map([[domain, found.organization]]);
  for (const other of alignedDomains(own))
    if (!organizations.has(other)) organizations.set(other, (await findDmarc(other, dns)).organization);
  return { checks: own.map((sender) => judgeAlignment(domain, sender, found, organizations)), publish: [] };
}
