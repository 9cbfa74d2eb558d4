import { createHash } from "node:crypto";
import { isSenderDomain } from "../../domain/inbound-mail/dmarc-report.ts";
import type { InboundResult, UnreadableReason } from "../../domain/inbound-mail/inbound-result.ts";
import type { MailPart } from "../../domain/inbound-mail/mail-parts.ts";
import type { IntakeParts } from "../ports.ts";
import { readDmarcXml } from "./dmarc-xml.ts";
import { unpack } from "./unpack.ts";

const dayMs = 86_400_000;

type Taken = { result: InboundResult } | { result: "unreadable"; reason: UnreadableReason };

/**
 * Takes what a DMARC report says. Nothing in it is signed by us, so that it moves no message and suppresses nobody: it is for people to
 * look at. One about a domain that nothing of the environment is from is not kept, nor one about days that are not.
 */
export async function takeDmarc(
  { store, clock, limits, domainsOf }: IntakeParts,
  environmentId: number,
  { bytes }: MailPart,
): Promise<Taken> {
  const unpacked = await unpack(bytes, limits.unpackedBytesMax);
  if (unpacked.status === "refused")
    return {
      result: "unreadable",
      reason: unpacked.reason === "too_large" ? "dmarc_report_too_large" : "dmarc_report_malformed",
    };
  const report = await readDmarcXml(unpacked.text);
  if (report === undefined) return { result: "unreadable", reason: "dmarc_report_malformed" };
  const { organization, reportId, domain, day, sources } = report;
  if (!isSenderDomain(domain, domainsOf(environmentId))) return { result: "dmarc_foreign" };
  const today = Math.floor(clock.now() / dayMs);
  if (day > today + 1 || day <= today - limits.dmarcDays) return { result: "no_news" };
  const reportHash = createHash("sha256")
    .update(JSON.stringify([organization, reportId, domain]))
    .digest("hex")
    .slice(0, 32);
  const sourcesMax = limits.dmarcSourcesMax;
  const isNew = await store.addDmarcReport({ environmentId, reportHash, day, domain, sources, sourcesMax });
  return { result: isNew ? "dmarc" : "dmarc_repeated" };
}
