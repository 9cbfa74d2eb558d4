import type { ReplayPreview, ReplayView } from "@tidings/client";
import { leftOutWords } from "./left-out-words.ts";
import { plain } from "./terminal.ts";

/** A replay as people read it. */
export function replayLines(replay: ReplayView): string[] {
  const { id, state, events, names = [], from, to, tenant, recipient, workflows, perSecond, progress } = replay;
  const what = events === undefined ? `${names.join(", ")} from ${from} to ${to}` : `${events} named events`;
  const lines = [
    `${state}  ${id}`,
    `  ${plain(what)}`,
    `  to ${workflows === undefined ? "all workflows that await them" : workflows.join(", ")}, ${perSecond}/s at most`,
  ];
  if (tenant !== undefined) lines.push(`  of tenant ${plain(tenant)}`);
  if (recipient !== undefined) lines.push(`  to ${plain(recipient)} alone`);
  if (progress === undefined) return lines;
  const { selected, total, replayed, skipped, part, ratePerSecond, secondsLeft } = progress;
  lines.push(`  selected ${selected}${total === undefined ? "" : ` of ${total}`}, replayed ${replayed}`);
  for (const { text, count } of skipped) lines.push(`  ${count} × ${text}`);
  if (state === "running") lines.push(`  ${Math.floor(part * 100)} % done, ${ratePerSecond}/s${leftOf(secondsLeft)}`);
  return lines;
}

/** What a replay would come to. */
export function previewLines(preview: ReplayPreview): string[] {
  const { selected, names, skipped, isComplete, until, weighed } = preview;
  const lines = [`${selected} events${isComplete ? "" : ` until ${until}, where the time for it ended`}`];
  for (const { name, count } of names) lines.push(`  ${count} × ${plain(name)}`);
  for (const { text, count } of skipped) lines.push(`  ${count} skipped: ${text}`);
  const which = weighed.isComplete ? "all that would go" : "the first that would go";
  lines.push(`dry runs of ${weighed.events} events (${which}), ${weighed.recipients} recipients:`);
  lines.push(`  ${weighed.messages} messages would go out`);
  for (const { channel, messages } of weighed.channels) lines.push(`  ${messages} × ${channel}`);
  for (const { workflow, messages } of weighed.workflows) lines.push(`  ${messages} × workflow ${plain(workflow)}`);
  for (const { text, count } of weighed.notSent) lines.push(`  ${count} × ${plain(text)}`);
  const { leftOut, partial } = weighed;
  if (leftOut !== undefined) lines.push(`  ${leftOutWords(leftOut, ` of ${partial} events`)}`);
  return lines;
}

function leftOf(seconds: number | undefined): string {
  if (seconds === undefined || seconds === 0) return "";
  return seconds < 120 ? `, ${seconds} s left` : `, ${Math.ceil(seconds / 60)} min left`;
}
