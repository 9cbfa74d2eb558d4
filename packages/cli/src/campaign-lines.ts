import type { CampaignView } from "@tidings/client";

/** A campaign as people read it. */
export function campaignLines(campaign: CampaignView): string[] {
  const { id, name, state, event, topics, segments, named, scheduledAt, pausedAt, progress } = campaign;
  const to = [
    ...segments.map((key) => `segment ${key}`),
    ...topics.map((key) => `topic ${key}`),
    ...(named > 0 ? [`${named} named`] : []),
  ];
  const lines = [`${name}  ${state}  ${id}`, `  ${event} to ${to.join(", ")}`];
  if (scheduledAt !== undefined) lines.push(`  begins ${scheduledAt}`);
  if (pausedAt !== undefined) lines.push(`  paused ${pausedAt}`);
  if (progress === undefined) return lines;
  const { looked, total, recipients, messages, done, sent, delivered, opened, clicked, failed } = progress;
  lines.push(`  looked at ${looked}${total === undefined ? "" : ` of ${total}`}, went to ${recipients}`);
  lines.push(`  messages ${messages}, done ${done}: sent ${sent}, failed ${failed}`);
  lines.push(`  delivered ${delivered}, opened ${opened}, clicked ${clicked}`);
  if (progress.ratePerSecond > 0) lines.push(`  ${progress.ratePerSecond}/s${leftOf(progress.secondsLeft)}`);
  for (const { text, count } of progress.skipped) lines.push(`  ${count} × ${text}`);
  return lines;
}

function leftOf(seconds: number | undefined): string {
  if (seconds === undefined || seconds === 0) return "";
  return seconds < 120 ? `, ${seconds} s left` : `, ${Math.ceil(seconds / 60)} min left`;
}
