import { failed, note, ok } from "../check.ts";
import type { DmarcFound } from "./dmarc-record.ts";
import type { Answer } from "./dns.ts";
import type { Report } from "./spf.ts";
import { txtLine } from "./zone-line.ts";

const policies = ["none", "quarantine", "reject"];
const name = "DMARC";

/** Domains elsewhere that reports are to be sent to, which have to agree (RFC 7489 §7.1). */
export function reportDomains({ record, organization }: DmarcFound): string[] {
  const addresses = record?.tags.get("rua")?.split(",") ?? [];
  const domains = addresses.flatMap(
    (address) => /^\s*mailto:[^@\s]+@([^\s!]+)/i.exec(address)?.[1]?.toLowerCase() ?? [],
  );
  return [...new Set(domains)].filter((each) => each !== organization && !each.endsWith(`.${organization}`));
}

/** What is wrong with the policy that is in force. `agreed`: what was found where domains elsewhere would agree to reports. */
export function judgeDmarc(domain: string, found: DmarcFound, agreed: ReadonlyMap<string, Answer<string>>): Report {
  const { record, count, unanswered } = found;
  const at = `_dmarc.${domain}`;
  const publish = [txtLine(at, `v=DMARC1; p=none; rua=mailto:dmarc-reports@${domain}`)];
  if (count > 1)
    return {
      checks: [failed(name, `${at} has ${count} records, and so for receivers none`, "Leave one")],
      publish: [],
    };
  if (record === undefined && unanswered.length > 0)
    return { checks: [failed(name, `could not be looked up: ${unanswered.join(", ")}`)], publish: [] };
  if (record === undefined) {
    const hint = "Gmail, Yahoo and Outlook ask for one: begin with p=none, read the reports, then be stricter";
    return { checks: [failed(name, `there is no policy at ${at}`, hint)], publish };
  }
  const isInherited = record.domain !== domain;
  const policy = (isInherited ? record.tags.get("sp") : undefined) ?? record.tags.get("p");
  if (policy === undefined || !policies.includes(policy.toLowerCase()))
    return {
      checks: [failed(name, `${record.text} has no policy (p=none, quarantine or reject)`)],
      publish: isInherited ? [] : publish,
    };
  const whose = isInherited ? `, that of ${record.domain}` : "";
  const detail = `p=${policy.toLowerCase()}${whose}; DKIM aligns ${modeWords(record.tags.get("adkim"))}, SPF ${modeWords(record.tags.get("aspf"))}`;
  return {
    checks: [
      policy.toLowerCase() === "none"
        ? note(
            name,
            detail,
            "It watches alone. Once the reports show all of your mail to pass, p=quarantine keeps others from using your name",
          )
        : ok(name, detail),
      ...reportChecks(record.tags.get("rua"), agreed, domain),
    ],
    publish: [],
  };
}

function reportChecks(rua: string | undefined, agreed: ReadonlyMap<string, Answer<string>>, domain: string) {
  if (rua === undefined)
    return [note("DMARC reports", "nobody gets any (rua)", `Add rua=mailto:dmarc-reports@${domain}`)];
  const silent = [...agreed].filter(
    ([, answer]) => answer.status !== "found" || !answer.values.some((text) => /^v\s*=\s*DMARC1/.test(text)),
  );
  if (silent.length === 0) return [ok("DMARC reports", `go to ${rua}`)];
  return silent.map(([other]) =>
    note(
      "DMARC reports",
      `${other} does not say that it takes them: they are not sent there`,
      `${other} has to publish ${agreementName(domain, other)} TXT "v=DMARC1"`,
    ),
  );
}

export const agreementName = (domain: string, other: string): string => `${domain}._report._dmarc.${other}`;

export const isStrict = (mode: string | undefined): boolean => mode?.toLowerCase() === "s";

const modeWords = (mode: string | undefined): string => (isStrict(mode) ? "strictly" : "relaxed");
