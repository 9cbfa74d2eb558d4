import type { NewMessage } from "../../ports/store/orchestrate.ts";
import { messageStateCode } from "./codes.ts";

/** A message whose place a newer one has taken before it was written. */
export interface Overtaken {
  message: NewMessage;
  /** Id of the newer one. */
  by: string;
}

/** What a call's messages with collapse keys come to among each other, and with what is stored. */
export interface Collapsed {
  /** What is to be written, and has not been overtaken. */
  messages: readonly NewMessage[];
  overtaken: readonly Overtaken[];
  /** Ids of stored messages that have not gone out, by the id of the message that is to take their place. */
  replaces: ReadonlyMap<string, readonly string[]>;
}

/** What the store has of a collapse key: the newest message that is newer, and those that are older and wait. */
export interface StoredCollapse {
  newer: string | undefined;
  older: readonly string[];
}

export function hasCollapse(messages: readonly NewMessage[]): boolean {
  return messages.some(({ collapseHash }) => collapseHash !== undefined);
}

/** The newest of each collapse key. Newer is whose event came in later, and of one event whose id is greater: not what was written later. */
export function newestOf(messages: readonly NewMessage[]): Map<string, NewMessage> {
  const newest = new Map<string, NewMessage>();
  for (const message of messages) {
    if (message.collapseHash === undefined) continue;
    const known = newest.get(message.collapseHash);
    if (known === undefined || isNewer(message, known)) newest.set(message.collapseHash, message);
  }
  return newest;
}

function isNewer(one: NewMessage, other: NewMessage): boolean {
  return one.eventId === other.eventId ? one.id > other.id : one.eventId > other.eventId;
}

/** `stored` by collapse key. */
export function collapse(
  messages: readonly NewMessage[],
  newest: ReadonlyMap<string, NewMessage>,
  stored: ReadonlyMap<string, StoredCollapse>,
): Collapsed {
  const kept: NewMessage[] = [];
  const overtaken: Overtaken[] = [];
  const replaces = new Map<string, readonly string[]>();
  for (const message of messages) {
    const { collapseHash: hash } = message;
    const best = hash === undefined ? undefined : newest.get(hash);
    if (hash === undefined || best === undefined) {
      kept.push(message);
      continue;
    }
    const { newer, older = [] } = stored.get(hash) ?? {};
    if (newer !== undefined || best !== message) overtaken.push({ message, by: newer ?? best.id });
    else {
      kept.push(message);
      if (older.length > 0) replaces.set(message.id, older);
    }
  }
  return { messages: kept, overtaken, replaces };
}

/** What follows where a newer message takes the place of one. */
export const superseded = { state: "canceled", reason: "superseded" } as const;

/** JSON of the decision that ends a message in favour of `by`. */
export function supersededDecision(by: string, at: number): string {
  return JSON.stringify({ outcome: "canceled", reason: "superseded", detail: by, at });
}

/** As it is written where it was overtaken: it waits for nothing, and asks for nothing. */
export function overtakenRow({ message, by }: Overtaken): NewMessage {
  const before = message.decisions.slice(0, -1);
  const decisions = `${before}${before.length > 1 ? "," : ""}${supersededDecision(by, message.createdAt)}]`;
  return { ...message, decisions, start: null, claim: null };
}

/** SQL: a newer message of the collapse key of `message` is there. Those without a key are not looked for. */
export const overtakenSql = `(message.collapse_hash is not null and exists (select 1 from message n
  where n.collapse_hash = message.collapse_hash and (n.event_id, n.id) > (message.event_id, message.id)))`;

/** SQL: `decisions` with one more, the text of which is given. */
export const withDecision = (given: string): string =>
  `case when decisions = '[]' then '[' else substr(decisions, 1, length(decisions) - 1) || ',' end || ${given} || ']'`;

/** SQL: what ends a message that waits. */
export const supersedingSql = `state = ${messageStateCode.canceled}, reason = '${superseded.reason}', due_at = null`;
