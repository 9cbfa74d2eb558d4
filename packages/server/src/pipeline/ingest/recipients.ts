import type { EventBody } from "@tidings/contract/events";
import type { InlineRecipient } from "@tidings/contract/recipients";

/** Ids in order, each once, and of each inline recipient what was given last: somebody named twice is notified once. */
export function recipientsOf(recipients: EventBody["recipients"]): { ids: string[]; inline: InlineRecipient[] } {
  const first = recipients[0];
  if (recipients.length === 1 && first !== undefined) {
    return typeof first === "string" ? { ids: [first], inline: [] } : { ids: [first.id], inline: [first] };
  }
  const ids = new Set<string>();
  const inline = new Map<string, InlineRecipient>();
  for (const recipient of recipients) {
    if (typeof recipient === "string") ids.add(recipient);
    else {
      ids.add(recipient.id);
      inline.set(recipient.id, recipient);
    }
  }
  return { ids: [...ids], inline: [...inline.values()] };
}
