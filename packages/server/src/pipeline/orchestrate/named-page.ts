import type { EventWork } from "./ports.ts";
import type { TurnPage } from "./turn-page.ts";

/** Those that the event names come first, in their order; its topics' subscribers are read from the store (audiences.ts). */
export function namedPage({ record, payload }: EventWork, recipientsMax: number): TurnPage {
  const { recipients, audiences = [] } = payload;
  const cursor = Math.min(record.cursor + recipientsMax, recipients.length);
  return {
    ids: recipients.slice(record.cursor, cursor),
    cursor,
    position: undefined,
    isLast: cursor >= recipients.length && audiences.length === 0,
    records: [],
    unreached: [],
  };
}

/** Whether those that it names are done, and its topics are next. */
export function isAtAudience({ record, payload }: EventWork): boolean {
  return payload.audiences !== undefined && record.cursor >= payload.recipients.length;
}
