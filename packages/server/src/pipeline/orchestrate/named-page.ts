import type { EventPayload } from "../../domain/event-payload.ts";
import type { EventRecord } from "../../ports/store/orchestrate.ts";
import type { TurnPage } from "./turn-page.ts";

/** An event as far as it is known who comes next: those that it names, then its topics' and segments' people. */
export interface Walked {
  record: Pick<EventRecord, "environmentId" | "cursor" | "position">;
  payload: Pick<EventPayload, "recipients" | "audiences">;
}

/** Those that the event names come first, in their order; its topics' subscribers are read from the store (audiences.ts). */
export function namedPage({ record, payload }: Walked, recipientsMax: number): TurnPage {
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
export function isAtAudience({ record, payload }: Walked): boolean {
  return payload.audiences !== undefined && record.cursor >= payload.recipients.length;
}
