import { type Check, note, ok, skipped } from "./check.ts";

/** Mails of one source, as receivers reported them. */
export interface DmarcMails {
  sourceIp?: string | undefined;
  dkimAligned: boolean;
  spfAligned: boolean;
  messages: number;
}

const name = "DMARC reports";
/** Sources that are named. */
const namedMax = 5;

/** How much of a domain's mail aligned by what receivers reported, and who sends what did not, those of most mails first. */
export function judgeReported(rows: readonly DmarcMails[]): Check[] {
  const all = rows.reduce((sum, { messages }) => sum + messages, 0);
  if (all === 0) return [skipped(name, "none came in the last 7 days")];
  const unaligned = new Map<string, number>();
  for (const { sourceIp = "other addresses", dkimAligned, spfAligned, messages } of rows)
    if (!dkimAligned && !spfAligned) unaligned.set(sourceIp, (unaligned.get(sourceIp) ?? 0) + messages);
  const bad = [...unaligned.values()].reduce((sum, messages) => sum + messages, 0);
  const share = `${(Math.floor(((all - bad) / all) * 1000) / 10).toFixed(1)} % of ${all} mails of the last 7 days aligned`;
  if (bad === 0) return [ok(name, share)];
  const sources = [...unaligned].sort(([, a], [, b]) => b - a);
  const named = sources.slice(0, namedMax).map(([source, messages]) => `${source} (${messages})`);
  const more = sources.length > namedMax ? ` and ${sources.length - namedMax} more` : "";
  return [note(name, `${share}; not aligned: ${named.join(", ")}${more}`)];
}
