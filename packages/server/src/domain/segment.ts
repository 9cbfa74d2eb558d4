import type { BehaviourCondition, SegmentCondition } from "@tidings/contract/segments";
import type { Channel } from "@tidings/contract/words";
import { compare, valueAt } from "./condition.ts";

/** What a segment's tests read of a recipient. */
export interface Member {
  id: string;
  locale: string | undefined;
  timeZone: string | undefined;
  tenant: string | undefined;
  country: string | undefined;
  /** Sealed attributes beside the plain ones. */
  attributes: Record<string, unknown>;
}

/** What became of a message of the recipient, as far as segments ask. */
export interface MemberMessage {
  madeAt: number;
  category: string;
  workflow: string;
  channel: Channel;
  isSent: boolean;
  isDelivered: boolean;
  isOpened: boolean;
  isClicked: boolean;
  isRead: boolean;
}

const dayMs = 86_400_000;

/**
 * Whether the recipient is in the segment. Undefined where their messages decide that, and are not given: nobody's are read
 * for whom attributes decide it.
 */
export function isMember(
  where: SegmentCondition,
  member: Member,
  messages: readonly MemberMessage[] | undefined,
  now: number,
): boolean | undefined {
  if ("all" in where) return every(where.all, (part) => isMember(part, member, messages, now));
  if ("any" in where) return not(every(where.any, (part) => not(isMember(part, member, messages, now))));
  if ("not" in where) return not(isMember(where.not, member, messages, now));
  if ("field" in where) return compare(where.op, valueAt(member, where.field.split(".").slice(1)), where.value);
  return messages?.some((message) => behaved(where, message, now));
}

/** How many days of messages the tests look back at most; 0 where none asks for any. */
export function daysAsked(where: SegmentCondition): number {
  if ("all" in where) return Math.max(...where.all.map(daysAsked));
  if ("any" in where) return Math.max(...where.any.map(daysAsked));
  if ("not" in where) return daysAsked(where.not);
  return "message" in where ? where.withinDays : 0;
}

/** The moment from which on messages may count, ms. */
export function askedSince(days: number, now: number): number {
  return Math.max(0, now - days * dayMs);
}

function behaved(asked: BehaviourCondition, message: MemberMessage, now: number): boolean {
  return (
    message.madeAt >= askedSince(asked.withinDays, now) &&
    (asked.category === undefined || asked.category === message.category) &&
    (asked.workflow === undefined || asked.workflow === message.workflow) &&
    (asked.channel === undefined || asked.channel === message.channel) &&
    behaviours[asked.message](message)
  );
}

const behaviours: Record<BehaviourCondition["message"], (message: MemberMessage) => boolean> = {
  sent: ({ isSent }) => isSent,
  delivered: ({ isDelivered }) => isDelivered,
  opened: ({ isOpened }) => isOpened,
  clicked: ({ isClicked }) => isClicked,
  read: ({ isRead }) => isRead,
  engaged: ({ isOpened, isClicked, isRead }) => isOpened || isClicked || isRead,
};

/** False as soon as one is, else undefined as soon as one is. */
function every<Part>(parts: readonly Part[], test: (part: Part) => boolean | undefined): boolean | undefined {
  let result: boolean | undefined = true;
  for (const part of parts) {
    const one = test(part);
    if (one === false) return false;
    if (one === undefined) result = undefined;
  }
  return result;
}

function not(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}

/** Whether any test reads attributes, of which some may be sealed. */
export function readsAttributes(where: SegmentCondition): boolean {
  if ("all" in where) return where.all.some(readsAttributes);
  if ("any" in where) return where.any.some(readsAttributes);
  if ("not" in where) return readsAttributes(where.not);
  return "field" in where && where.field.startsWith("recipient.attributes.");
}
