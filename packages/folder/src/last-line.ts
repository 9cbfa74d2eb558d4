const fields: ReadonlySet<string> = new Set([
  ...["subject", "title", "preheader", "url", "imageUrl"],
  ...["badge", "sound", "collapseKey"],
]);
/** Their text stands on a small screen, and a line that nobody wrote is seen there, or paid for. */
const channels: ReadonlySet<string> = new Set(["sms", "in_app"]);

/** In a file of its own, the end of the last line is none of such a text. */
export function endsBeforeLastLine(channel: string, field: string): boolean {
  return fields.has(field) || channels.has(channel);
}
