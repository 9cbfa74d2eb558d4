import type { HistoryView } from "@tidings/client";
import { tableLines } from "./table.ts";
import { plain } from "./terminal.ts";

/** A dry run over the past as people read it. */
export function historyLines(history: HistoryView): string[] {
  const { workflow, publishedVersion, proposedVersion, from, until, events, recipients, cost } = history;
  const proposed = proposedVersion === 0 ? "not published" : `v${proposedVersion}`;
  const published = publishedVersion === undefined ? "nothing" : `v${publishedVersion}`;
  const lines = [
    `${plain(workflow)} ${proposed} against ${published}, events from ${from} to ${until}`,
    `  ${events.weighed} of ${events.selected} events weighed`,
  ];
  for (const { count, text } of events.skipped) lines.push(`  ${count} skipped: ${text}`);
  lines.push(`  ${recipients.weighed} recipients of theirs, members of topics and segments among them`);
  lines.push("", ...channelLines(history), "");
  lines.push(`recipients who get something: ${recipients.published} published, ${recipients.proposed} proposed`);
  lines.push(`  gained ${recipients.gained}${sampleOf(recipients.gainedSample, recipients.gained)}`);
  lines.push(`  lost ${recipients.lost}${sampleOf(recipients.lostSample, recipients.lost)}`);
  if (cost !== undefined)
    lines.push(`cost: ${cost.published} published, ${cost.proposed} proposed, ${signed(cost.difference)}`);
  for (const { text, ...count } of history.notSent)
    lines.push(`  ${count.published} → ${count.proposed} × ${plain(text)}`);
  return lines;
}

function channelLines({ channels, messages }: HistoryView): string[] {
  const rows = [...channels, { channel: "all", ...messages, cost: undefined }].map((row) => [
    row.channel,
    String(row.published),
    String(row.proposed),
    signed(row.difference),
    row.cost === undefined ? "" : signed(row.cost.difference),
  ]);
  return tableLines(["CHANNEL", "PUBLISHED", "PROPOSED", "DIFFERENCE", "COST"], rows);
}

const signed = (value: number): string => (value > 0 ? `+${value}` : String(value));

const sampleOf = (ids: readonly string[], all: number): string =>
  ids.length === 0 ? "" : `: ${ids.map(plain).join(", ")}${all > ids.length ? ", …" : ""}`;
