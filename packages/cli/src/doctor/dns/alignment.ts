import type { MailSender } from "@tidings/contract/readiness";
import { type Check, failed, note, ok } from "../check.ts";
import { isStrict } from "./dmarc.ts";
import type { DmarcFound } from "./dmarc-record.ts";

/** Whether mail of an integration from this domain passes DMARC: by a signature's domain, or by that of its return path (RFC 7489 §3.1). */
export function judgeAlignment(
  domain: string,
  { integration, provider, returnPath, dkim }: MailSender,
  { record }: Pick<DmarcFound, "record">,
  organizations: ReadonlyMap<string, string>,
): Check {
  const name = `Mail by ${integration}`;
  const organizationOf = (each: string): string => organizations.get(each) ?? each;
  const aligns = (other: string, mode: string | undefined): boolean =>
    isStrict(mode) ? other === domain : organizationOf(other) === organizationOf(domain);
  if (returnPath === undefined && dkim.length === 0)
    return note(
      name,
      `${provider} signs it`,
      `Have ${provider} authenticate ${domain}, and name its selectors with --selector`,
    );
  const signed = dkim.filter((each) => aligns(each.domain, record?.tags.get("adkim"))).map((each) => each.domain);
  const bySpf = returnPath !== undefined && aligns(returnPath, record?.tags.get("aspf"));
  if (signed.length > 0) {
    const ways = [`by DKIM (d=${signed[0]})`, ...(bySpf ? [`by SPF (return path ${returnPath})`] : [])];
    return ok(name, `aligns with ${domain} ${ways.join(" and ")}`);
  }
  const why =
    dkim.length === 0 ? "nobody signs it" : `it is signed by ${dkim.map((each) => each.domain).join(" and ")}`;
  const hint = `Set dkim with the domain ${domain}`;
  if (bySpf)
    return note(
      name,
      `aligns with ${domain} by SPF alone (return path ${returnPath}): ${why}`,
      `${hint}: SPF does not survive forwarding, and bulk senders need both`,
    );
  return failed(name, `does not align with ${domain}: ${why}, and its return path is at ${returnPath}`, hint);
}

/** Domains whose organizations decide that. */
export const alignedDomains = (senders: readonly MailSender[]): string[] => [
  ...new Set(
    senders.flatMap(({ returnPath, dkim }) => [
      ...(returnPath === undefined ? [] : [returnPath]),
      ...dkim.map((each) => each.domain),
    ]),
  ),
];
