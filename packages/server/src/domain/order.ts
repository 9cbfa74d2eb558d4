/**
 * Where something stands among what is made of the events of one ordering key. Places are compared as texts: that of an event, and
 * of its runs, is `eventPlaceLength` long; that of a message begins with its event's, so that nothing of one event is in front
 * of its own messages, and of those the one of an earlier step comes first.
 */
export interface OrderMark {
  /** HMAC of the key, hex: it differs with the environment. */
  key: string;
  place: string;
}

export const eventPlaceLength = 36;
/** Time in front of an id: 48 bits as it writes them. */
const timeLength = 13;

/** By when it came in, which its id tells; one that is scheduled has its place when its time comes. */
export function eventPlace(id: string, receivedAt: number, dueAt: number): string {
  if (dueAt <= receivedAt) return id;
  const time = dueAt.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}${id.slice(timeLength)}`;
}

/** The mark of a message of an event with this one. `id` is the message's, which begins with the time of its step. */
export function messageMark({ key, place }: OrderMark, id: string): OrderMark {
  return { key, place: `${place}.${id.slice(0, timeLength)}` };
}
