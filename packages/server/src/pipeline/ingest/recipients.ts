import type { EventBody } from "@tidings/contract/events";
import type { InlineRecipient } from "@tidings/contract/recipients";

export interface EventRecipients {
  /** Ids in order, each once: somebody named twice is notified once. */
  ids: string[];
  /** Of each inline recipient what was given last. */
  inline: InlineRecipient[];
  /** Topics in order, each once. */
  topics: string[];
  /** Segments in order, each once. */
  segments: string[];
}

export function recipientsOf(recipients: EventBody["recipients"]): EventRecipients {
  const first = recipients[0];
  if (recipients.length === 1 && typeof first === "string")
    return { ids: [first], inline: [], topics: [], segments: [] };
  const ids = new Set<string>();
  const inline = new Map<string, InlineRecipient>();
  const topics = new Set<string>();
  const segments = new Set<string>();
  for (const recipient of recipients) {
    if (typeof recipient === "string") ids.add(recipient);
    else if ("topic" in recipient) topics.add(recipient.topic);
    else if ("segment" in recipient) segments.add(recipient.segment);
    else {
      ids.add(recipient.id);
      inline.set(recipient.id, recipient);
    }
  }
  return { ids: [...ids], inline: [...inline.values()], topics: [...topics], segments: [...segments] };
}
