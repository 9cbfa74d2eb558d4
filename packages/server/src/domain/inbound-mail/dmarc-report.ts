/** What a receiver did with mail: it delivered it, put it into quarantine, or refused it. */
export const dispositions = ["none", "quarantine", "reject"] as const;
export type Disposition = (typeof dispositions)[number];

/** Mails from one address that fared the same. */
export interface DmarcSource {
  sourceIp: string;
  disposition: Disposition;
  /** Whether DKIM, or SPF, passed and was aligned with the From domain, as the receiver judged it. */
  dkimAligned: boolean;
  spfAligned: boolean;
  messages: number;
}

/** An aggregate report (RFC 7489 §7.2 and appendix C), about mail from one domain in one stretch of time. */
export interface DmarcReport {
  /** Who reports, and how they call this report: together they are unique. */
  organization: string;
  reportId: string;
  /** Domain that the policy was found at, in lower case. */
  domain: string;
  /** Day since 1970, UTC, on which it begins. */
  day: number;
  sources: readonly DmarcSource[];
}

/** Sums of rows that differ in nothing else, so that a report is written once by source and end. */
export function summed(rows: readonly DmarcSource[]): DmarcSource[] {
  const sums = new Map<string, DmarcSource>();
  for (const row of rows) {
    const key = [row.sourceIp, row.disposition, row.dkimAligned, row.spfAligned].join(" ");
    const known = sums.get(key);
    sums.set(key, known === undefined ? row : { ...known, messages: known.messages + row.messages });
  }
  return [...sums.values()];
}

/** Sources for which there is room, those of most mails first; the others without their addresses, summed. */
export function sourcesWithin(sources: readonly DmarcSource[], room: number): DmarcSource[] {
  const byMessages = [...sources].sort((a, b) => b.messages - a.messages);
  const rest = byMessages.slice(Math.max(0, room)).map((source) => ({ ...source, sourceIp: "" }));
  return [...byMessages.slice(0, Math.max(0, room)), ...summed(rest)];
}

/** Whether a policy at this domain is about mail from one of these: it is one of them, or above or below one. */
export function isSenderDomain(domain: string, senders: ReadonlySet<string>): boolean {
  for (const sender of senders)
    if (sender === domain || sender.endsWith(`.${domain}`) || domain.endsWith(`.${sender}`)) return true;
  return false;
}
